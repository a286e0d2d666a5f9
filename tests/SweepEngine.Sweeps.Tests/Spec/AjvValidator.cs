using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace SweepEngine.Sweeps.Tests.Spec;

/// <summary>
/// Validates YAML texts with Ajv, the validator that editors build on. The first use installs it with npm into the output folder of the
/// tests; where Node or npm is missing, or cannot install, the test that asks is skipped and says why.
/// </summary>
internal static class AjvValidator
{
    private const string Package = """{"name": "sweep-schema-tests", "private": true, "type": "module", "dependencies": {"ajv": "8.17.1", "yaml": "2.8.1"}}""";

    // Prints one list of errors for each text.
    private const string Script = """
        import { readFileSync } from 'node:fs';
        import Ajv from 'ajv';
        import { parse } from 'yaml';
        const { schema, texts } = JSON.parse(readFileSync(0, 'utf8'));
        const ajv = new Ajv.default({ strict: true, allErrors: true, allowUnionTypes: true });
        const validate = ajv.compile(schema);
        console.log(JSON.stringify(texts.map(text => validate(parse(text)) ? [] : validate.errors.map(error => `${error.instancePath} ${error.message}`))));
        """;

    private static readonly Lazy<(string? Folder, string? WhyNot)> Installed = new(Install);

    public static string[][] Errors(string schema, params string[] texts)
    {
        (string? folder, string? whyNot) = Installed.Value;
        Skip.If(folder is null, $"The schema is not validated by Ajv: {whyNot}");
        string request = JsonSerializer.Serialize(new { schema = JsonDocument.Parse(schema).RootElement, texts });
        (int exitCode, string answer, string errors) = Run("node", "validate.mjs", folder!, request);
        Assert.True(exitCode == 0, errors);
        return JsonSerializer.Deserialize<string[][]>(answer)!;
    }

    private static (string? Folder, string? WhyNot) Install()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "ajv"), package = Path.Combine(folder, "package.json");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "validate.mjs"), Script);
            if (File.Exists(package) && File.ReadAllText(package) == Package && Directory.Exists(Path.Combine(folder, "node_modules", "ajv")))
                return (folder, null);
            File.WriteAllText(package, Package);
            (int exitCode, _, string errors) = Run("npm", "install --no-audit --no-fund --no-package-lock --loglevel=error", folder, "");
            return exitCode == 0 ? (folder, null) : (null, $"npm install failed: {errors}");
        }
        catch (Win32Exception)
        {
            return (null, "node or npm is not on the PATH; install Node.js 20 or later to run these tests.");
        }
    }

    private static (int ExitCode, string Output, string Errors) Run(string program, string arguments, string folder, string input)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }
}
