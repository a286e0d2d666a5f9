using System.Runtime.CompilerServices;

namespace SweepEngine.Models.Tests;

/// <summary>docs/closed-forms.md is what <see cref="ClosedFormsPage"/> prints; SWEEP_UPDATE_DOCS=1 rewrites it.</summary>
public class ClosedFormsPageTests
{
    [Fact]
    public void The_page_of_closed_forms_is_printed_from_their_files()
    {
        string page = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "docs", "closed-forms.md")), expected = ClosedFormsPage.Print();
        if (Environment.GetEnvironmentVariable("SWEEP_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(page)!);
            File.WriteAllText(page, expected);
        }
        Assert.Equal(expected, File.ReadAllText(page).ReplaceLineEndings("\n"));
    }

    private static string Here([CallerFilePath] string file = "") => file;
}
