namespace SweepEngine.Cli;

/// <summary>
/// A small plot of firing rate, or another measure, over drive in text: curves in Braille dots (2 × 4 for each character), each with a letter at its right end, so
/// that it needs no colour. Fits 80 columns.
/// </summary>
/// <param name="Curves">The curves.</param>
/// <param name="XTitle">What the horizontal axis is, with its unit.</param>
/// <param name="YTitle">What the vertical axis is, with its unit.</param>
/// <param name="Note">What holds for all curves; may be empty.</param>
internal sealed record FIPicture(IReadOnlyList<FIPicture.Curve> Curves, string XTitle, string YTitle, string Note)
{
    private const int Columns = 64, Rows = 14, DotsAcross = 2, DotsDown = 4;
    private const int Width = 79;

    // Legible on light and dark ground: blue, yellow-brown, green, magenta, cyan.
    private static readonly int[] Colours = [34, 33, 32, 35, 36];

    // Dots of a Braille character by row and column (Unicode 15, section 21.1).
    private static readonly int[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <summary>A curve.</summary>
    /// <param name="Label">Its parameters.</param>
    /// <param name="Points">Drive and rate; NaN where there is no rate.</param>
    internal sealed record Curve(string Label, IReadOnlyList<(double Drive, double Rate)> Points);

    /// <summary>The lines of the picture.</summary>
    public IEnumerable<string> Draw()
    {
        var drives = Curves.SelectMany(curve => curve.Points).Select(point => point.Drive).ToList();
        var rates = Curves.SelectMany(curve => curve.Points).Select(point => point.Rate).Where(double.IsFinite).ToList();
        (double left, double right) = (drives.Min(), drives.Max());
        // Rates stand on 0; what can be negative, such as a voltage, fills the picture.
        double least = Math.Min(0, rates.DefaultIfEmpty(0).Min()), most = rates.Count == 0 ? 1 : rates.Max();
        double[] yTicks = AxisTicks.Between(least, Math.Max(most, least + 1e-3), 6, beginBelow: true);
        (double bottom, double top) = (yTicks[0], yTicks[^1]);
        var (dots, owner, ends) = Plot(left, right, bottom, top);

        string[] labels = new string[Rows];
        foreach (double tick in yTicks) labels[(int)Math.Round((top - tick) / (top - bottom) * (Rows - 1))] = Words.Number(tick);
        int margin = Math.Max(labels.Max(label => label?.Length ?? 0), 4);
        yield return $"  {YTitle}";
        for (int row = 0; row < Rows; row++)
        {
            yield return $"  {(labels[row] ?? "").PadLeft(margin)} {(labels[row] is null ? '│' : '┤')}{Line(dots, owner, ends, row)}";
        }
        foreach (string line in Across(left, right, margin)) yield return line;
        foreach (string line in Legend()) yield return line;
    }

    private (int[,] Dots, int[,] Owner, List<(int Row, int Column, int Curve)> Ends) Plot(double left, double right, double bottom, double top)
    {
        int[,] dots = new int[Rows, Columns], owner = new int[Rows, Columns];
        List<(int, int, int)> ends = [];
        for (int curve = 0; curve < Curves.Count; curve++)
        {
            (int X, int Y)? last = null, before = null;
            foreach ((double drive, double rate) in Curves[curve].Points)
            {
                (int X, int Y)? here = double.IsFinite(rate) ? (Place(drive, left, right, Columns * DotsAcross - 1),
                    Rows * DotsDown - 1 - Place(rate, bottom, top, Rows * DotsDown - 1)) : null;
                if (here is { } to)
                {
                    // A line from dot to dot, as long as no point is missing between them.
                    (int X, int Y) from = before ?? to;
                    int steps = Math.Max(Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)), 1);
                    for (int i = 0; i <= steps; i++)
                        Set(from.X + (to.X - from.X) * i / steps, from.Y + (to.Y - from.Y) * i / steps, curve);
                    last = to;
                }
                before = here;
            }
            if (last is { } end) ends.Add((end.Y / DotsDown, end.X / DotsAcross + 1, curve));
        }
        return (dots, owner, ends);

        void Set(int x, int y, int curve)
        {
            dots[y / DotsDown, x / DotsAcross] |= Dots[y % DotsDown, x % DotsAcross];
            owner[y / DotsDown, x / DotsAcross] = curve;
        }
    }

    private static int Place(double value, double from, double to, int last) =>
        to > from ? (int)Math.Round((value - from) / (to - from) * last) : last / 2;

    // The letters of curves that end in the row stand behind their ends, at the first free place.
    private string Line(int[,] dots, int[,] owner, List<(int Row, int Column, int Curve)> ends, int row)
    {
        string[] cells = new string[Columns + Curves.Count];
        for (int column = 0; column < Columns; column++)
        {
            if (dots[row, column] != 0) cells[column] = Ink(owner[row, column], ((char)(0x2800 + dots[row, column])).ToString());
        }
        foreach (var (_, end, curve) in ends.Where(end => end.Row == row))
            cells[Array.FindIndex(cells, end, cell => cell is null)] = Ink(curve, Letter(curve));
        return string.Concat(cells.Select(cell => cell ?? " ")).TrimEnd();
    }

    // The axis with its ticks, their numbers, and the title behind the last one.
    private IEnumerable<string> Across(double left, double right, int margin)
    {
        char[] axis = [.. Enumerable.Repeat('─', Columns)], numbers = [.. Enumerable.Repeat(' ', Width)];
        int free = 0, origin = margin + 4;
        foreach (double tick in AxisTicks.Between(left, right, 5).Where(tick => tick >= left && tick <= right))
        {
            int column = Place(tick, left, right, Columns * DotsAcross - 1) / DotsAcross;
            string text = Words.Number(tick);
            int start = Math.Clamp(origin + column - text.Length / 2, free, Width - text.Length);
            if (start > origin + column || (free > 0 && start < free)) continue;
            axis[column] = '┴';
            text.CopyTo(0, numbers, start, text.Length);
            free = start + text.Length + 1;
        }
        yield return $"  {new string(' ', margin)} └{new string(axis)}";
        yield return new string(numbers).TrimEnd();
        yield return new string(' ', Math.Max(0, origin + (Columns - XTitle.Length) / 2)) + XTitle;
    }

    private IEnumerable<string> Legend()
    {
        string line = "  ";
        int length = line.Length;
        for (int curve = 0; curve < Curves.Count; curve++)
        {
            string text = $"{Letter(curve)} {Curves[curve].Label}";
            if (length > 2 && length + text.Length > Width)
            {
                yield return line.TrimEnd();
                (line, length) = ("  ", 2);
            }
            line += $"{Ink(curve, Letter(curve))}{text[1..]}   ";
            length += text.Length + 3;
        }
        yield return line.TrimEnd();
        if (Note.Length > 0) yield return $"  {Note}";
    }

    private static string Letter(int curve) => ((char)('A' + curve)).ToString();

    private static string Ink(int curve, string text) => Screen.HasColour ? $"\e[{Colours[curve % Colours.Length]}m{text}\e[0m" : text;
}
