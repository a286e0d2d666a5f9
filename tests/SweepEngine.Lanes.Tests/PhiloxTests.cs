using SweepEngine.Lanes;
using Xunit;

namespace SweepEngine.Lanes.Tests;

public class PhiloxTests
{
    // From kat_vectors of Random123 1.14 (D. E. Shaw Research), lines "philox4x32 10".
    [Theory]
    [InlineData(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Known_answers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3)
    {
        Assert.Equal((r0, r1, r2, r3), Philox.Block((c0, c1, c2, c3), (k0, k1)));
    }

    [Fact]
    public void Every_part_of_the_address_changes_the_numbers()
    {
        var draws = new HashSet<(ulong, ulong)>
        {
            Philox.Draw(1, 2, 3, 4), Philox.Draw(2, 2, 3, 4), Philox.Draw(1L << 40, 2, 3, 4), Philox.Draw(1, 3, 3, 4), Philox.Draw(1, 2L + (1L << 40), 3, 4),
            Philox.Draw(1, 2, 4, 4), Philox.Draw(1, 2, 3, 5), Philox.Draw(1, 2, 3, 4 + (1L << 40)),
        };
        Assert.Equal(8, draws.Count);
    }

    [Fact]
    public void Uniform_numbers_leave_out_both_ends()
    {
        Assert.Equal(Math.ScaleB(1, -53), Philox.Uniform(0));
        Assert.Equal(1 - Math.ScaleB(1, -53), Philox.Uniform(ulong.MaxValue));
    }
}
