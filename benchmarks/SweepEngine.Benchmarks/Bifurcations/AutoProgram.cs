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
    public ReportedDiagram Run(int intervals)
    {
        List<ReportedPoint> points = [];
        List<string> remarks = [];
        double seconds = Execute(cycles: false, intervals, label: 0);
        List<(int Label, double Drive)> hopf = [];
        foreach ((int type, int label, double drive, _) in Rows())
        {
            if (s_equilibria.TryGetValue(type, out string? kind))
            {
                points.Add(new ReportedPoint(kind, drive, double.NaN));
                if (type == 3)
                {
                    hopf.Add((label, drive));
                }
            }
        }

        File.Copy(Path.Combine(_folder, "fort.8"), Path.Combine(_folder, "equilibria"), overwrite: true);
        while (hopf.Count > 0)
        {
            (int label, double from) = hopf[0];
            hopf.RemoveAt(0);
            File.Copy(Path.Combine(_folder, "equilibria"), Path.Combine(_folder, "fort.3"), overwrite: true);
            seconds += Execute(cycles: true, intervals, label);
            (int Type, int Label, double Drive, double Period)[] rows = [.. Rows()];
            points.AddRange(rows.Where(row => s_cycles.ContainsKey(row.Type)).Select(row => new ReportedPoint(s_cycles[row.Type], row.Drive, row.Period)));
            (int Type, int Label, double Drive, double Period) last = rows[^1];
            hopf.RemoveAll(each => Math.Abs(each.Drive - last.Drive) < 0.01 * (_workload.Highest - _workload.Lowest));
            string end = last.Type switch { -9 => "no convergence", 9 => "ended", -4 or 4 => "limit reached", _ => $"type {last.Type}" };
            remarks.Add(FormattableString.Invariant($"cycles from {from:0.##} to {last.Drive:0.##}: {end}"));
        }

        return new ReportedDiagram($"AUTO-07p, NTST {intervals}", points, seconds, string.Join("; ", remarks));
    }

    // Where the object files are: beside the program of the distribution, or where the user says.
    private static string? Installed()
    {
        IEnumerable<string> places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(path => File.Exists(Path.Combine(path, "auto-07p"))).Select(path => Path.Combine(path, "..", "lib", "auto-07p"));
        return places.Prepend(Environment.GetEnvironmentVariable("AUTO_DIR") ?? "").FirstOrDefault(place => File.Exists(Path.Combine(place, "lib", "periodic.o")));
    }

    // Usual settings; the norm leaves the period out, and cycles stop at a long period.
    private double Execute(bool cycles, int intervals, int label)
    {
        File.WriteAllText(Path.Combine(_folder, "fort.2"), FormattableString.Invariant($$"""
            NDIM={{_workload.States}}, IPS={{(cycles ? 2 : 1)}}, IRS={{label}}, ILP=1, ICP=[{{(cycles ? "1, 11" : "1")}}]
            NTST={{intervals}}, NCOL=4, IAD=3, ISP=2, ISW=1, IPLT=0, NBC=0, NINT=0
            NMX={{(cycles ? 250 : 500)}}, NPR=0, MXBF=10, IID=0, ITMX=8, ITNW=7, NWTN=3, JAC=0
            EPSL=1e-07, EPSU=1e-07, EPSS=1e-05
            DS={{(cycles ? 0.01 : 0.1)}}, DSMIN=1e-6, DSMAX=5, IADS=1
            NPAR=36, THL={11: 0.0}, THU={}
            UZSTOP={1: [{{_workload.Lowest - 20}}, {{_workload.Highest}}]{{(cycles ? ", 11: [2000.0]" : "")}}}

            """));
        // The shell prints the processor time of what it ran: user and system, in its second line.
        string[] times = PeerProgram.Command(_folder, "sh", "-c", $"OMP_NUM_THREADS=1 '{_program}' > output 2>&1; times").Split('\n')[1].Split(' ');
        return times.Sum(Seconds);
    }

    private static double Seconds(string time)
    {
        string[] parts = time.TrimEnd('s').Split('m');
        return (60 * double.Parse(parts[0], CultureInfo.InvariantCulture)) + double.Parse(parts[1], CultureInfo.InvariantCulture);
    }

    // Labelled points of fort.7: branch, point, type, label, drive, norm, states, period.
    private IEnumerable<(int Type, int Label, double Drive, double Period)> Rows()
    {
        foreach (string line in File.ReadLines(Path.Combine(_folder, "fort.7")))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 5 && words[0] != "0" && int.TryParse(words[2], CultureInfo.InvariantCulture, out int type) && int.TryParse(words[3], CultureInfo.InvariantCulture, out int label) && label != 0)
            {
                yield return (type, label, double.Parse(words[4], CultureInfo.InvariantCulture), double.Parse(words[^1], CultureInfo.InvariantCulture));
            }
        }
    }
}
