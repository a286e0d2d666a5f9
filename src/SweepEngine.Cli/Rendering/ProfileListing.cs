using System.Globalization;
using System.Text.Json;
using SweepEngine.Simulation;

namespace SweepEngine.Cli;

/// <summary>Shows a <see cref="RunProfile"/>.</summary>
internal static class ProfileListing
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The profile for people, with times as the mean over the workers, so that they add up to the wall time.</summary>
    public static IEnumerable<string> Lines(RunProfile profile)
    {
        KernelCounters counters = profile.Counters;
        yield return $"Where {Seconds(profile.Wall)} went, of {Words.Count(profile.Workers, "worker")}:";
        yield return Line("start", profile.Start, "of the process until the workers began");
        yield return Line("kernels", profile.Kernels / profile.Workers, "");
        yield return Line("encoding", profile.Encoding / profile.Workers, "of results as parts");
        yield return Line("commit", profile.Commit / profile.Workers, "of parts, durably");
        yield return Line("waiting", profile.Waiting / profile.Workers, "for work, to compile the model, and for the tables at the end");
        yield return $"  outside of kernels {Percent(profile.OutsideOfKernels),17}";
        yield return $"  merging beside the workers {Seconds(profile.Merge),9}";
        yield return "";
        yield return Row("points", Words.Count(profile.Points), Words.PerSecond(profile.Points / profile.Wall.TotalSeconds));
        yield return Row("steps", Words.Count(counters.Steps), $"{Ratio(counters.Steps, profile.Points)} for each point, searches included");
        yield return Row("rejected", Part(counters.RejectedSteps, counters.Steps), "of the steps were too long, and tried again");
        yield return Row("located", Words.Count(counters.Roots), $"spikes, events and turns, at {Ratio(counters.RootIterations, counters.Roots)} iterations each");
        yield return Row("lanes", Part(counters.BusyLanes, counters.Lanes), "of the registers' lanes held a point");
        yield return Row("memory", Words.Bytes(profile.PeakMemory), "at most");
        yield return Row("compiled", Words.Count(profile.Compiled.Methods), $"methods while running, in {Seconds(profile.Compiled.Time)} of all threads");

        string Line(string what, TimeSpan time, string note) => $"  {what,-10}{Seconds(time),10}{Percent(time / profile.Wall),10}   {note}".TrimEnd();
    }

    /// <summary>The profile for programs.</summary>
    public static void Write(Utf8JsonWriter json, RunProfile profile)
    {
        json.WriteStartObject("profile");
        json.WriteNumber("wall_s", Rounded(profile.Wall));
        json.WriteNumber("start_s", Rounded(profile.Start));
        json.WriteNumber("workers", profile.Workers);
        json.WriteNumber("kernels_s", Rounded(profile.Kernels));
        json.WriteNumber("encoding_s", Rounded(profile.Encoding));
        json.WriteNumber("commit_s", Rounded(profile.Commit));
        json.WriteNumber("waiting_s", Rounded(profile.Waiting));
        json.WriteNumber("merge_s", Rounded(profile.Merge));
        json.WriteNumber("outside_of_kernels", Math.Round(profile.OutsideOfKernels, 4));
        json.WriteNumber("points", profile.Points);
        json.WriteNumber("points_per_second", Math.Round(profile.Points / profile.Wall.TotalSeconds, 1));
        json.WriteNumber("steps", profile.Counters.Steps);
        json.WriteNumber("rejected_steps", profile.Counters.RejectedSteps);
        json.WriteNumber("roots", profile.Counters.Roots);
        json.WriteNumber("root_iterations", profile.Counters.RootIterations);
        json.WriteNumber("lanes", profile.Counters.Lanes);
        json.WriteNumber("busy_lanes", profile.Counters.BusyLanes);
        json.WriteNumber("compiled_methods", profile.Compiled.Methods);
        json.WriteNumber("compiling_s", Rounded(profile.Compiled.Time));
        json.WriteNumber("peak_memory_bytes", profile.PeakMemory);
        json.WriteEndObject();
    }

    private static string Row(string what, string number, string note) => $"  {what,-10}{number,16}  {note}";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", Culture) + " s";

    private static string Percent(double part) => part.ToString("P1", Culture);

    private static string Part(long part, long whole) => whole == 0 ? "-" : Percent((double)part / whole);

    private static string Ratio(long count, long each) => each == 0 ? "-" : ((double)count / each).ToString("#,0.0", Culture);

    private static double Rounded(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}
