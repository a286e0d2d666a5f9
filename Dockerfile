# syntax=docker/dockerfile:1
# The sweep command in a small image: docker build -t sweep .

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props global.json ./
COPY src/ src/
# Compiled ahead of time, so that workers start fast.
RUN dotnet publish -c Release -o /sweep src/SweepEngine.Cli

FROM mcr.microsoft.com/dotnet/runtime:10.0
COPY --from=build /sweep /opt/sweep
ENV PATH="/opt/sweep:${PATH}" DOTNET_EnableDiagnostics=0
# Not root; sweep files and results are in a folder that is mounted here.
USER $APP_UID
WORKDIR /sweeps
ENTRYPOINT ["sweep"]
CMD ["--help"]
