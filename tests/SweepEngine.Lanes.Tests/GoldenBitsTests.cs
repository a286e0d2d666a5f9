using System.Diagnostics;

namespace SweepEngine.Lanes.Tests;

public class GoldenBitsTests
{
    /// <summary>The hash on every machine. It changes only with a change to the functions, which then changes results of sweeps.</summary>
    private const string Golden = "830EA345DE4EBBD4B451B5CAD118B8F2";

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void The_bits_are_those_of_every_other_machine(int width) => Assert.Equal(Golden, GoldenBits.Hash(width));

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 0)]
    [InlineData("DOTNET_EnableAVX2", 1)]
    [InlineData("DOTNET_EnableHWIntrinsic", 2)]
    public void Fewer_instruction_sets_give_the_same_bits(string variable, int widestInHardware)
    {
        string[] lines = RunWith(variable);
        bool[] hardware = [.. lines[0].Split(' ').Select(bool.Parse)];
        Assert.False(hardware[0], $"{variable}=0 left Vector512 in hardware.");
        Assert.False(widestInHardware >= 1 && hardware[1], $"{variable}=0 left Vector256 in hardware.");
        Assert.False(widestInHardware >= 2 && (hardware[2] || hardware[3]), $"{variable}=0 left Vector128 or fused multiply-add in hardware.");
        Assert.Equal([Golden, Golden, Golden], lines[1..]);
    }

    private static string[] RunWith(string variable)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { "exec", typeof(GoldenBits).Assembly.Location },
            Environment = { [variable] = "0" },
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
