using System.Globalization;
using System.Text.RegularExpressions;

namespace SweepEngine.Equations;

/// <summary>The range <c>[1..4]</c> of an array, over which <c>j</c> runs.</summary>
/// <param name="First">First value of j.</param>
/// <param name="Last">Last value of j.</param>
/// <param name="Place">Where the range stands.</param>
internal sealed partial record XppRange(int First, int Last, TextPlace Place)
{
    /// <summary>The range that a line holds; null when there is none, or after a finding.</summary>
    public static XppRange? In(XppLine line, Findings findings)
    {
        Match range = Range().Match(line.Text);
        if (!range.Success)
        {
            int open = line.Text.IndexOf('[', StringComparison.Ordinal);
            if (open >= 3 && line.Text.AsSpan(open - 3, 3).Equals("int", StringComparison.OrdinalIgnoreCase))
                findings.Add(line.At(open - 3), $"'int' is not supported: {XppFunctions.Refused["int"]}");
            else if (open >= 0)
                findings.Add(line.At(open), "brackets stand outside of an array", Finding.Quote(line.Text[open..]), "a range such as x[1..4] in the same line",
                    "write out which element is meant, such as x3");
            return null;
        }
        TextPlace place = line.At(range.Index);
        if (int.TryParse(range.Groups[1].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(range.Groups[2].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int last)
            && first >= 0 && last >= first && last - first < ModelLimits.Equations && last < ModelLimits.Characters)
            return new XppRange(first, last, place);
        findings.Add(place, "the range of the array does not fit", Finding.Quote(range.Value), $"[first..last], whole numbers from 0 on, at most {ModelLimits.Equations} of them");
        return null;
    }

    /// <summary>The line for one value of j; null after a finding.</summary>
    /// <param name="line">The line.</param>
    /// <param name="j">The value of j.</param>
    /// <param name="inBlock">True when the range stands at the head of a block, and not in the line.</param>
    /// <param name="findings">Where a finding goes.</param>
    public static XppLine? WrittenOut(XppLine line, int j, bool inBlock, Findings findings)
    {
        List<(int, int, string)> parts = [];
        Dictionary<string, long?> known = new(StringComparer.Ordinal);
        bool ranged = inBlock;
        foreach (Match bracket in Bracket().Matches(line.Text))
        {
            bool isRange = bracket.Value.Contains("..", StringComparison.Ordinal) && Range().IsMatch(bracket.Value);
            bool inName = bracket.Index > 0 && (char.IsLetterOrDigit(line.Text[bracket.Index - 1]) || line.Text[bracket.Index - 1] == '_');
            if (isRange && ranged)
            {
                findings.Add(line.At(bracket.Index), "there is a second range", Finding.Quote(bracket.Value), "one range in a line or at the head of a block, and [j]");
                return null;
            }
            ranged |= isRange;
            if (!known.TryGetValue(bracket.Value, out long? index))
                known.Add(bracket.Value, index = isRange ? j : Index(bracket.Groups[1].Value, j));
            if (index is null or > ModelLimits.Characters or < -ModelLimits.Characters || (index < 0 && inName))
            {
                findings.Add(line.At(bracket.Index), index is null ? "this is not an index" : $"the index does not fit for j = {j}",
                    Finding.Quote(bracket.Value), "j with whole numbers, such as [j], [j-1] or [2*j+1]; 0 or more behind a name");
                return null;
            }
            string written = index.Value.ToString(CultureInfo.InvariantCulture);
            parts.Add((bracket.Index, bracket.Index + bracket.Length, index < 0 ? $"({written})" : written));
        }
        return line.Replace(parts);
    }

    // From left to right with * before + and -; null when it is anything else.
    private static long? Index(string text, int j)
    {
        if (!IndexText().IsMatch(text))
            return null;
        long sum = 0, product = 1;
        int sign = 1;
        foreach (Match token in IndexToken().Matches(text))
        {
            if (token.Value is "+" or "-")
                (sum, product, sign) = (sum + sign * product, 1, token.Value == "+" ? 1 : -1);
            else if (token.Value != "*")
                product *= token.Value is "j" or "J" ? j : int.Parse(token.Value, CultureInfo.InvariantCulture);
            if (Math.Abs(product) > int.MaxValue)
                return null;
        }
        return sum + sign * product;
    }

    [GeneratedRegex(@"\[\s*([+-]?\d+)\s*\.\.\s*([+-]?\d+)\s*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\[([^\[\]]*)\]")]
    private static partial Regex Bracket();

    [GeneratedRegex(@"^\s*(j|\d{1,6})\s*([-+*]\s*(j|\d{1,6})\s*){0,9}$", RegexOptions.IgnoreCase)]
    private static partial Regex IndexText();

    [GeneratedRegex(@"j|\d+|[-+*]", RegexOptions.IgnoreCase)]
    private static partial Regex IndexToken();
}
