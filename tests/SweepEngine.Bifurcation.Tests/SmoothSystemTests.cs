using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests;

public class SmoothSystemTests
{
    [Theory]
    [InlineData("hodgkin_huxley", null)]
    [InlineData("lif_adapt", "The model lif_adapt is reset after a spike.")]
    [InlineData("lif_noise", "The model lif_noise is reset after a spike.")]
    public void A_model_that_is_not_smooth_says_why(string name, string? hindrance) =>
        Assert.Equal(hindrance, SmoothSystem.Hindrance(ModelLibrary.Find(name)!));

    [Fact]
    public void The_drive_must_be_swept()
    {
        ModelCode code = ModelCode.Compile(ModelLibrary.Find("hodgkin_huxley")!, new Dictionary<string, double>(), ["g_Na"]);
        Assert.Throws<ArgumentException>(() => new SmoothSystem(code, "I_app"));
    }
}
