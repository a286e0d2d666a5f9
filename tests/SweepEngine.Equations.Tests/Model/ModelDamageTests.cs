using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Equations.Tests;

public sealed class ModelDamageTests
{
    private static readonly string[] Fragments =
        ["(", ")", "[", "}", ":", "\n", "  ", "=", "+=", "^", "-", "V_m", "dV_m/dt", "exp", "if(", ",", "1e999", "1e-400", "0", "mV", "#", "t", "not ", "<", "\t", "é", "\"", "'", "*", "|", "- "];

    [Fact]
    public void A_damaged_model_gives_findings_or_a_model_that_compiles_but_never_an_exception() =>
        Prop.ForAll(Gen.Elements(Samples.LifAdapt, Samples.HodgkinHuxley).ToArbitrary(), Damage.ListOf().ToArbitrary(), (text, damages) =>
        {
            foreach ((double at, int removed, string inserted) in damages)
            {
                int index = (int)(at * text.Length);
                text = text.Remove(index, Math.Min(removed, text.Length - index)).Insert(index, inserted);
            }
            Findings findings = new();
            ModelDefinition? model = ModelReader.Read(text, "model.yaml", findings);
            Assert.Equal(model is null, findings.Any);
            if (model is null)
                return;
            Assert.NotEmpty(model.CanonicalText);
            ModelCode.Compile(model, new Dictionary<string, double>(), []);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(6));

    [Theory]
    [InlineData("summary: *Leaky")]
    [InlineData("summary: &name Leaky")]
    [InlineData("summary: !text Leaky")]
    [InlineData("model: *lif_adapt")]
    public void What_YAML_itself_finds_wrong_leaves_no_model(string summary)
    {
        Findings findings = new();
        Assert.Null(ModelReader.Read(Samples.LifAdapt.Replace(summary.Split(' ')[0] + " " + summary.Split(' ')[^1].TrimStart('*'), summary, StringComparison.Ordinal), "model.yaml", findings));
        Assert.True(findings.Any);
    }

    private static Gen<(double At, int Removed, string Inserted)> Damage { get; } =
        from at in Gen.Choose(0, 999_999)
        from removed in Gen.Choose(0, 6)
        from inserted in Gen.Elements(Fragments)
        select (at / 1e6, removed, inserted);
}
