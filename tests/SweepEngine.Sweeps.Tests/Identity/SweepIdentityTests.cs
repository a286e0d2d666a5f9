namespace SweepEngine.Sweeps.Tests.Identity;

public sealed class SweepIdentityTests
{
    private static readonly string Hash = HashOf(Sweeps.Adaptation);

    [Theory]
    [InlineData("sweep: atlas", "# a comment\nsweep: another # comment")]
    [InlineData("1000 pA, 101", "1e3 pA, 1.01e2")]
    [InlineData("1000 pA, 101", "\"1000.0 pA\", '101'")]
    [InlineData("[0 pA, 1000 pA", "[0 pA, 1000pA")]
    [InlineData("tolerance: 1e-6", "tolerance: 0.000001")]
    [InlineData("[fi, rheobase]", "[rheobase, fi]")]
    [InlineData("measure: [fi, rheobase]\n", "")]
    [InlineData("seed: 1", "execution: {workers: 2, lanes: 1, curves_per_shard: 7}")]
    [InlineData("{tau_sra: 200 ms}", "{tau_sra: 0.2 s}")]
    [InlineData("{tau_sra: 200 ms}", "{g_L: 10 nS, tau_sra: 200 ms}")]
    [InlineData("parameters: {tau_sra: 200 ms}", "parameters: {}")]
    [InlineData("duration: 2 s", "base: 0 nA, delay: 0 ms, duration: 2000 ms")]
    [InlineData("  I_app:   {linspace: [0 pA, 1000 pA, 101]}\n  g_adapt: {linspace: [0 nS, 5 nS, 21]}", "  g_adapt: {linspace: [0 nS, 5 nS, 21]}\n  I_app: {linspace: [0 pA, 1000 pA, 101]}")]
    public void Spelling_is_not_part_of_it(string text, string replacement) => Assert.Equal(Hash, HashOf(Replaced(text, replacement)));

    [Theory]
    [InlineData("lif_adapt\nparameters: {tau_sra: 200 ms}", "lif_adapt\nparameters: {tau_sra: 200.00000000000003 ms}")]
    [InlineData("[0 pA, 1000 pA, 101]", "[0 nA, 1 nA, 101]")]
    [InlineData("[0 pA, 1000 pA, 101]", "[0 pA, 1000 pA, 102]")]
    [InlineData("{linspace: [0 pA, 1000 pA, 101]}", "{values: [0 pA, 1000 pA]}")]
    [InlineData("  g_adapt: {linspace: [0 nS, 5 nS, 21]}\n  tau_ref: {values: [0 ms, 2 ms]}", "  tau_ref: {values: [0 ms, 2 ms]}\n  g_adapt: {linspace: [0 nS, 5 nS, 21]}")]
    [InlineData("[0 ms, 2 ms]", "[2 ms, 0 ms]")]
    [InlineData("drive: I_app", "drive: g_adapt")]
    [InlineData("duration: 2 s", "duration: 2.1 s")]
    [InlineData("duration: 2 s", "duration: 2 s, delay: 1 ms")]
    [InlineData("duration: 2 s", "duration: 2 s, after: 1 ms")]
    [InlineData("duration: 2 s", "duration: 2 s, base: 1 pA")]
    [InlineData("[fi, rheobase]", "[fi]")]
    [InlineData("[fi, rheobase]", "[fi, rheobase, traces]\ntraces: {every: 1 s}")]
    [InlineData("tolerance: 1e-6", "tolerance: 1e-7")]
    [InlineData("seed: 1", "seed: 2")]
    public void Everything_that_changes_a_table_is_part_of_it(string text, string replacement) => Assert.NotEqual(Hash, HashOf(Replaced(text, replacement)));

    [Theory]
    [InlineData("{every: 1000 us, variables: [V_m, g_sra], from: 0 s, to: 0.1 s}", true)]
    [InlineData("{every: 1 ms, variables: [g_sra, V_m], to: 100 ms}", false)]
    [InlineData("{every: 1 ms, variables: [V_m], to: 100 ms}", false)]
    [InlineData("{every: 2 ms, to: 100 ms}", false)]
    [InlineData("{every: 1 ms, from: 1 ms, to: 100 ms}", false)]
    [InlineData("{every: 1 ms, to: 101 ms}", false)]
    public void Traces_are_part_of_it_and_their_spelling_is_not(string traces, bool same)
    {
        string With(string text) => HashOf(Replaced("[fi, rheobase]", $"[fi, traces]\ntraces: {text}"));
        Assert.Equal(same, With("{every: 1 ms, to: 100 ms}") == With(traces));
    }

    [Fact]
    public void Equations_are_part_of_it_and_their_spelling_is_not()
    {
        const string sweep = "{sweep: s, grid: {I: {values: [1, 2]}}, drive: I, stimulus: {step: {duration: 1 s}}, model: {model: m, equations: dV/dt = EQ, spike: {when: V > 1}, "
            + "states: {V: {start: 0, unit: 1}}, parameters: {tau: {default: 10 ms}, I: {default: 0}}}}";
        string plain = HashOf(sweep.Replace("EQ", "(I - V)/tau", StringComparison.Ordinal));
        Assert.Equal(plain, HashOf(sweep.Replace("EQ", "( I-V ) / tau", StringComparison.Ordinal)));
        Assert.NotEqual(plain, HashOf(sweep.Replace("EQ", "(I - 2*V)/tau", StringComparison.Ordinal)));
    }

    [Fact]
    public void It_is_a_text_that_people_can_read() => Assert.StartsWith(
        """
        schema 1
        kernel 4 binary64
        axis g_adapt linspace [0, 5, 21] nS
        axis tau_ref values [0, 2] ms
        axis I_app linspace [0, 1000, 101] pA
        drive I_app
        fixed C_m 1E-10
        fixed E_K -0.08
        fixed E_L -0.075
        fixed V_reset -0.08
        fixed V_th -0.05
        fixed g_L 1E-08
        fixed tau_sra 0.2
        step duration 2 delay 0 after 0 base 0
        measure fi rheobase
        tolerance 1E-06
        seed 1
        model lif_adapt

        """, new SweepIdentity(Sweeps.Read(Sweeps.Adaptation)).CanonicalText, StringComparison.Ordinal);

    [Fact]
    public void Shards_have_ids_of_their_own()
    {
        SweepIdentity one = new(Sweeps.Read(Sweeps.Adaptation)), other = new(Sweeps.Read(Replaced("seed: 1", "seed: 2")));
        string[] ids = [one.ShardId(new(0, 1)), one.ShardId(new(0, 2)), one.ShardId(new(1, 1)), one.ShardId(new(11, 1)), one.ShardId(new(1, 11)), other.ShardId(new(0, 1))];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{64}$", id));
        Assert.Equal(ids[0], new SweepIdentity(Sweeps.Read(Sweeps.Adaptation)).ShardId(new(0, 1)));
    }

    private static string HashOf(string sweep) => new SweepIdentity(Sweeps.Read(sweep)).ContentHash;

    private static string Replaced(string text, string replacement)
    {
        Assert.Contains(text, Sweeps.Adaptation, StringComparison.Ordinal);
        return Sweeps.Adaptation.Replace(text, replacement, StringComparison.Ordinal);
    }
}
