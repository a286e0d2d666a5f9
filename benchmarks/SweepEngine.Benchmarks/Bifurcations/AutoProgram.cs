using System.Globalization;
using SweepEngine.Benchmarks.Peers;

namespace SweepEngine.Benchmarks.Bifurcations;

/// <summary>
/// AUTO-07p (E. J. Doedel and others), as it is installed: its object files are linked with an equation file of benchmarks/reference. It is used as a person would: a branch of equilibria, then a branch of cycles from each
/// Hopf point that no branch has reached.
/// </summary>
public sealed class AutoProgram
{
    // Numbers of AUTO for kinds of points, on branches of equilibria and of cycles.
    private static readonly Dictionary<int, string> s_equilibria = new() { [1] = "BP", [2] = "LP", [3] = "HB" }, s_cycles = new() { [5] = "LPC", [6] = "BPC", [7] = "PD", [8] = "NS" };

    private const int MostEquilibria = 500, MostCycles = 250;

    /// <summary>How often it is run, for the mean of its time, of which the shell gives hundredths of a second.</summary>
    public const int Repetitions = 3;

    // [ms].
    private const double LongPeriod = 2000;

    private readonly string _program, _folder;
    private readonly DiagramWorkload _workload;

    private AutoProgram(string program, string folder, DiagramWorkload workload) => (_program, _folder, _workload) = (program, folder, workload);

    /// <summary>Compiles it for a workload.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="folder">Where it may write.</param>
    /// <returns>Null where AUTO or a Fortran compiler is missing.</returns>
    public static AutoProgram? Compile(DiagramWorkload workload, string folder)
    {
        if (Installed() is not { } auto)
        {
            return null;
        }

        string program = Path.Combine(folder, workload.Reference);
        try
        {
            PeerProgram.Command(folder, "gfortran",
                ["-O2", "-fopenmp", Path.Combine(PeersCommand.Reference, $"{workload.Reference}.f90"), .. Directory.GetFiles(Path.Combine(auto, "lib"), "*.o"), "-o", program]);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        File.WriteAllText(Path.Combine(folder, "parameters"), workload.ReferenceParameters + "\n");
        return new AutoProgram(program, folder, workload);
    }

    /// <summary>Computes the diagram.</summary>
    /// <param name="intervals">Mesh intervals of cycles (NTST).</param>
    /// <param name="newton">Steps of Newton's method at most (ITNW): the larger, the bolder its steps along a branch.</param>
    public ReportedDiagram Run(int intervals, int newton)
    {
        List<string> remarks = [];
        double seconds = Execute(cycles: false, intervals, newton, label: 0, MostEquilibria, Repetitions);
        Row[] equilibria = [.. Rows().Where(row => s_equilibria.ContainsKey(row.Type))];
        List<ReportedPoint> points = [.. equilibria.Select(row => new ReportedPoint(s_equilibria[row.Type], row.Drive, double.NaN))];
        List<Row> hopf = [.. equilibria.Where(row => s_equilibria[row.Type] == "HB")];
        File.Copy(Path.Combine(_folder, "fort.8"), Path.Combine(_folder, "equilibria"), overwrite: true);
        while (hopf.Count > 0)
        {
            Row from = hopf[0];
            hopf.RemoveAt(0);
            Cycles(MostCycles, 1);
            // It does not stop at a Hopf point, where it turns round, nor at long periods, where it goes on with more and more of them. A person sees that and stops it: what comes before is run again, and counts.
            Row[] rows = [.. Rows()];
            int last = Array.FindIndex(rows, row => row.Period > LongPeriod || hopf.Exists(other => IsAt(row, other)));
            if (last >= 0)
            {
                hopf.RemoveAll(other => IsAt(rows[last], other));
                seconds += Cycles(last + 1, Repetitions);
                remarks.Add(FormattableString.Invariant($"cycles from {from.Drive:0.##} to {rows[last].Drive:0.##}: {(rows[last].Period > LongPeriod ? "long period" : "Hopf point")}"));
                rows = rows[..last];
            }
            else
            {
                seconds += Cycles(MostCycles, Repetitions);
                remarks.Add(FormattableString.Invariant($"cycles from {from.Drive:0.##} to {rows[^1].Drive:0.##}: {(rows[^1].Type == -9 ? "no convergence" : "ended")}"));
            }

            points.AddRange(rows.Where(row => s_cycles.ContainsKey(row.Type)).Select(row => new ReportedPoint(s_cycles[row.Type], row.Drive, row.Period)));

            double Cycles(int most, int repetitions)
            {
                File.Copy(Path.Combine(_folder, "equilibria"), Path.Combine(_folder, "fort.3"), overwrite: true);
                return Execute(cycles: true, intervals, newton, from.Label, most, repetitions);
            }
        }

        return new ReportedDiagram($"AUTO-07p, NTST {intervals}, ITNW {newton}", points, seconds, string.Join("; ", remarks));
    }

    // A small cycle around the equilibrium at a Hopf point.
    private bool IsAt(Row row, Row hopf) => Math.Abs(row.Drive - hopf.Drive) < 0.01 * (_workload.Highest - _workload.Lowest) && Math.Abs(row.First - hopf.First) < 3;

    // Where the object files are: beside the program of the distribution, or where the user says.
    private static string? Installed()
    {
        IEnumerable<string> places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(path => File.Exists(Path.Combine(path, "auto-07p"))).Select(path => Path.Combine(path, "..", "lib", "auto-07p"));
        return places.Prepend(Environment.GetEnvironmentVariable("AUTO_DIR") ?? "").FirstOrDefault(place => File.Exists(Path.Combine(place, "lib", "periodic.o")));
    }

    // Usual settings; the norm leaves the period out.
    private double Execute(bool cycles, int intervals, int newton, int label, int most, int repetitions)
    {
        File.WriteAllText(Path.Combine(_folder, "fort.2"), FormattableString.Invariant($$"""
            NDIM={{_workload.States}}, IPS={{(cycles ? 2 : 1)}}, IRS={{label}}, ILP=1, ICP=[{{(cycles ? "1, 11" : "1")}}]
            NTST={{intervals}}, NCOL=4, IAD=3, ISP=2, ISW=1, IPLT=0, NBC=0, NINT=0
            NMX={{most}}, NPR=0, MXBF=10, IID=0, ITMX=8, ITNW={{newton}}, NWTN=3, JAC=0
            EPSL=1e-07, EPSU=1e-07, EPSS=1e-05
            DS={{(cycles ? 0.01 : 0.1)}}, DSMIN=1e-6, DSMAX=5, IADS=1
            NPAR=36, THL={11: 0.0}, THU={}
            UZSTOP={1: [{{_workload.Lowest - 20}}, {{_workload.Highest}}]}

            """));
        // The shell prints the processor time of what it ran: user and system, in its second line.
        string[] times = PeerProgram.Command(_folder, "sh", "-c", $"for i in $(seq {repetitions}); do OMP_NUM_THREADS=1 '{_program}' > output 2>&1; done; times").Split('\n')[1].Split(' ');
        return times.Sum(Seconds) / repetitions;
    }

    private static double Seconds(string time)
    {
        string[] parts = time.TrimEnd('s').Split('m');
        return (60 * double.Parse(parts[0], CultureInfo.InvariantCulture)) + double.Parse(parts[1], CultureInfo.InvariantCulture);
    }

    // fort.7: branch, point, type, label, drive, norm, states (of cycles their maxima), period.
    private IEnumerable<Row> Rows()
    {
        foreach (string line in File.ReadLines(Path.Combine(_folder, "fort.7")))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 6 && words[0] != "0" && int.TryParse(words[2], CultureInfo.InvariantCulture, out int type) && int.TryParse(words[3], CultureInfo.InvariantCulture, out int label))
            {
                yield return new Row(type, label, Number(words[4]), Number(words[6]), Number(words[^1]));
            }
        }

        static double Number(string word) => double.TryParse(word, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
    }

    // A point; its first state is the voltage.
    private sealed record Row(int Type, int Label, double Drive, double First, double Period);
}
