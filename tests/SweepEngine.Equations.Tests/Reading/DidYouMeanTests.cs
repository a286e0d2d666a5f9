namespace SweepEngine.Equations.Tests.Reading;

public sealed class DidYouMeanTests
{
    private static readonly string[] Names = ["I_app", "g_adapt", "tau_ref", "tau_sra", "V_m"];

    [Theory]
    [InlineData("I_ap", "I_app")]
    [InlineData("i_APP", "I_app")]
    [InlineData("g_adpat", "g_adapt")]
    [InlineData("tau_sar", "tau_sra")]
    [InlineData("tau_re", "tau_ref")]
    [InlineData("tau_rex", "tau_ref")]
    [InlineData("Vm", "V_m")]
    [InlineData("conductance", null)]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_offered(string found, string? expected) => Assert.Equal(expected, DidYouMean.Nearest(found, Names));

    [Fact]
    public void Case_alone_is_nearer_than_another_letter() => Assert.Equal("pA", DidYouMean.Nearest("pa", ["pS", "pA"]));

    [Fact]
    public void A_single_letter_is_never_replaced_by_another() => Assert.Null(DidYouMean.Nearest("I", ["g", "V"]));
}
