using System.Runtime.CompilerServices;

namespace SweepEngine.Equations.Tests;

public sealed class XppDocumentTests
{
    private static readonly string DocumentPath = Path.GetFullPath("../../../../docs/xpp.md", ThisFile());
    private static readonly string Document = File.ReadAllText(DocumentPath);

    [Fact]
    public void The_tables_of_the_document_are_those_of_the_code()
    {
        if (Environment.GetEnvironmentVariable("SWEEP_UPDATE_DOCS") == "1")
            File.WriteAllText(DocumentPath, Document[..Document.IndexOf("| line | | |", StringComparison.Ordinal)] + XppSyntax.Markdown());
        Assert.True(File.ReadAllText(DocumentPath).EndsWith(XppSyntax.Markdown(), StringComparison.Ordinal), "docs/xpp.md is out of date: run this test with SWEEP_UPDATE_DOCS=1 to print its tables again.");
    }

    [Fact]
    public void The_document_names_every_key() =>
        Assert.All(XppReader.Keys, key => Assert.Contains($"\n  {key.Name}: ", Document, StringComparison.Ordinal));

    [Fact]
    public void Every_line_that_the_document_calls_refused_or_ignored_is()
    {
        foreach (XppConstruct line in XppSyntax.Lines.Where(line => line.Support is not XppSupport.Supported && line.Written[0] is not ('#' or '0')))
        {
            foreach (string written in line.Written.Split(" , "))
            {
                Findings findings = new();
                XppReader.Read($"x'=-x\n{written.Replace("…", "y=1", StringComparison.Ordinal)}\n", "f.ode", findings);
                Assert.True(line.Support is XppSupport.Refused ? findings.All.Single().Place.Line == 2 : findings.Notes.Single().Place.Line == 2, $"{written}: {findings}");
            }
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
