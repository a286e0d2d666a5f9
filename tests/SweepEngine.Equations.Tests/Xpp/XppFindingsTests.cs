namespace SweepEngine.Equations.Tests;

/// <summary>What is wrong with an .ode file, at its exact place: ▶ stands right before it.</summary>
public sealed class XppFindingsTests
{
    private const string Good = "x'=-x*a+y\ny'=0\npar a=1,b=2\nf(z)=z\n";

    [Theory]
    [InlineData("wiener w ▶2\nx'=-x+w\n", "this is not a list of noises: found '2', allowed wiener a, b")]
    [InlineData("wiener w\nx'=-x+w▶*w\n", "white noise must enter linearly")]
    [InlineData("par w=1\nwiener ▶w\nx'=-x+w\n", "the name 'w' is taken")]
    [InlineData("markov z ▶21\n{0} {1}\n{2} {0}\nx'=z\n", "the number of states does not fit: found '21', allowed markov z n with n from 2 to 20")]
    [InlineData("markov ▶z 2\n{0} {1}\n{2} {0}\n{1} {1}\nx'=z\n", "the number of lines of rates does not fit: found 3 lines")]
    [InlineData("markov ▶z 3\n{0} {1} {1}\n{2} {0} {1}\nx'=z\n", "the number of lines of rates does not fit: found 2 lines {…} {…}, allowed 3")]
    [InlineData("markov z 2\n{0} {1}\n{2}▶\nx'=z\n", "the line of rates does not go on as it should: found 1 rates, allowed 2 rates")]
    [InlineData("markov z 2\n{0} {▶q}\n{2} {0}\nx'=z\n", "there is no such name in this file: found 'q'")]
    [InlineData("table h % ▶1 0 1 t^2\nx'=h(x)\n", "the number of points of the table does not fit: found '1', allowed 2 to 10000")]
    [InlineData("table h % ▶1000000000 0 1 t^2\nx'=h(x)\n", "allowed 2 to 10000")]
    [InlineData("table h % 11 ▶1 0 t^2\nx'=h(x)\n", "the ends of the table do not ascend: found '1' to '0'")]
    [InlineData("table h % 11 0 ▶a t^2\nx'=h(x)\n", "this is not a number: found 'a', allowed table f % n xlo xhi formula")]
    [InlineData("table h % 11 0 1▶\nx'=h(x)\n", "allowed a number, a name, a function or '('")]
    [InlineData("table h ▶% 11 0 1 1/t\nx'=h(x)\n", "the formula of the table has no finite value: found Infinity at 0")]
    [InlineData("table h % 11 0 1 ▶x*t\nx'=h(x)\n", "the formula of a table cannot have states in it: found 'x'")]
    [InlineData("table h % 11 0 1 ▶ran(1)\nx'=h(x)\n", "'ran' is not supported")]
    [InlineData("table h ▶@ two.tab\nx'=h(x)\n", "a table of two arguments is not supported")]
    [InlineData("table h▶\nx'=h(x)\n", "the table has no points")]
    [InlineData("table h ▶file.tab\nx'=h(x)\n", "there is no such file")]
    [InlineData("table h ▶/etc/passwd\nx'=h(x)\n", "a table is read only from the folder of the .ode file or one below it: found '/etc/passwd'")]
    [InlineData("table h ▶../file.tab\nx'=h(x)\n", "a table is read only from")]
    [InlineData("table h ▶sub/../../file.tab\nx'=h(x)\n", "a table is read only from")]
    [InlineData("table h ▶C:\\file.tab\nx'=h(x)\n", "a table is read only from")]
    [InlineData("▶y(t)=int{exp(-t)#x}\nx'=-y\n", "integral equations")]
    [InlineData("▶volt y=int{exp(-t)#x}\nx'=-y\n", "integral equations")]
    [InlineData("y(t)=1+▶int[.5]{1#y}\nx'=-y\ninit y=1\n", "'int' is not supported: it is an integral over the past")]
    [InlineData("▶b x'-1\nx'=-x\n", "boundary values")]
    [InlineData("▶aux q\nx'=-x\n", "this line is not understood")]
    [InlineData("▶z(t+1)=z*(4-z)\nx'=z\n", "maps")]
    [InlineData("▶0=y+exp(y)-x\n▶solv y=-.5\nx'=-y\n", "algebraic equations")]
    [InlineData("▶bdry x'-1\nx'=-x\n", "boundary values")]
    [InlineData("▶bndry x'-1\nx'=-x\n", "boundary values")]
    [InlineData("▶special k=conv(even,101,21,w,u0)\nx'=k(0)\n", "network functions")]
    [InlineData("▶export {x} {y}\nx'=-x\n", "machine code")]
    [InlineData("  ▶#include /etc/passwd\nx'=-x\n", "other files")]
    [InlineData("x'=-x+▶delay(x,2)\n", "'delay' is not supported: it reads the past of a variable")]
    [InlineData("x'=▶ran(1)+1\n", "'ran' is not supported: it draws anew at each step, so a result would depend on the steps; use 'wiener' for noise")]
    [InlineData("x'=▶atan(x)\n", "'atan' is not supported: there is no such function here")]
    [InlineData("x'=-x+▶int{exp(-t)}\n", "'int' is not supported")]
    [InlineData("x'=-x\n@ total=10,▶t0=five\n", "this option is not supported: found 't0=five'")]
    [InlineData("x'=-x\n@ ▶meth=discrete\n", "maps and integral equations")]
    [InlineData("x'=-x\n@ ▶fold=x, ▶tor_per=6.28\n", "variables on a circle")]
    [InlineData("x'=-x\n▶x'=-x", "the name 'x' is taken: a state has it")]
    [InlineData("▶hello world\nx'=-world\n", "this line is not understood: found 'hello world', allowed x'=…")]
    [InlineData("x'=-x\n▶{x=1}\n", "this line is not understood")]
    [InlineData("x'=-▶aa\npar a_a=1", "there is no such name in this file: found 'aa'\n    next step: did you mean 'a_a'?")]
    [InlineData("x'=▶zzzz(x)\n", "there is no such function: found 'zzzz'\n    next step: define it on a line of its own: zzzz(x)=…")]
    [InlineData(Good + "q=▶f(1,2)\n", "'f' has the wrong number of arguments: found 2, allowed 1")]
    [InlineData(Good + "q=▶f\n", "'f' is a function and needs its arguments")]
    [InlineData(Good + "q=▶a(x)\n", "'a' is not a function\n    next step: write a*(…) for a product")]
    [InlineData(Good + "q=2▶x\n", "the formula does not go on as it should: found 'x', allowed an operator\n    next step: write * for a product")]
    [InlineData(Good + "q=2*▶-x\n", "'-' needs parentheses behind an operator\n    next step: write (-…)")]
    [InlineData(Good + "q=a&▶not b\n", "'not' needs parentheses")]
    [InlineData(Good + "q=x>a▶+b\n", "it is not clear what '+' applies to: in XPP, comparisons bind more tightly")]
    [InlineData(Good + "q=b▶*x>a\n", "it is not clear what '*' applies to")]
    [InlineData(Good + "q=▶-x>a\n", "it is not clear what '-' applies to")]
    [InlineData(Good + "q=x>a▶^2\n", "it is not clear what '^' applies to")]
    [InlineData(Good + "q=a<b▶<x\n", "it is not clear what '<' applies to")]
    [InlineData(Good + "q=▶(x+a\n", "the parenthesis is never closed")]
    [InlineData(Good + "q=x+▶\n", "found the end of the text, allowed a number, a name, a function or '('")]
    [InlineData(Good + "q=x▶)\n", "found ')', allowed an operator")]
    [InlineData(Good + "q=▶$x\n", "found '$'")]
    [InlineData(Good + "q=▶1e999\n", "the number is too large")]
    [InlineData(Good + "q=if(x>1)▶else(2)\n", "found 'else', allowed 'then'")]
    [InlineData(Good + "q=▶sum(1,a)of(i')\n", "the limits of a sum must be numbers: found '1' to 'a'")]
    [InlineData(Good + "q=▶sum(0,500)of(i')\n", "the sum has too many terms: found 501, allowed at most 500")]
    [InlineData(Good + "q=sum(1,2)of(▶sum(1,2)of(1))\n", "a sum stands inside of another")]
    [InlineData(Good + "q=▶i'\n", "i' stands outside of a sum")]
    [InlineData(Good + "q=▶shift(x,3)\n", "'shift' leads beyond the states and quantities: found x and 3, allowed x, y, q")]
    [InlineData(Good + "q=▶shift(a,1)\n", "allowed a state or quantity, and a number")]
    [InlineData(Good + "▶A=3\n", "the name 'A' is taken: a parameter has it: found 'a'\n    next step: choose another name, or see f.ode:3:5; upper and lower case are the same")]
    [InlineData(Good + "▶ln=3\n", "'ln' has a meaning of its own in XPP")]
    [InlineData(Good + "▶nan=3\n", "'nan' has a meaning of its own in equations")]
    [InlineData(Good + "g(p,▶P)=p\n", "an argument occurs twice")]
    [InlineData(Good + "▶q=r\n" + "r=q\n", "'q' is defined by itself: found q → r → q")]
    [InlineData("x'=-x\npar a=▶b\n", "the value of a must be a number: found 'b', allowed a=1, b=-2.5e-3\n    next step: write !a=… for a formula")]
    [InlineData("x'=-c\npar a=1▶*2,c=3\n", "the value of a must be a number: found '*'")]
    [InlineData("x'=-a\npar ▶a b=1\n", "this is not a list of values: found 'a', allowed a=1, b=-2.5e-3")]
    [InlineData("x'=-x\ninit ▶y=1\n", "only a state has a start value: found 'y', allowed x")]
    [InlineData("x'=-x\ninit x=1\n▶X(0)=2\n", "the start of x is given twice")]
    [InlineData("x'=-x\nx(0)=▶z\n", "there is no such name")]
    [InlineData("▶par a=1\n", "the file has no differential equation")]
    [InlineData("x'=-x\nglobal ▶2 t {x=1}\n", "this event is not supported: found '2', allowed a sign of 1 or -1")]
    [InlineData("x'=-x\nglobal 0 ▶x {x=1}\n", "an event of sign 0 happens where its condition is exactly zero, which is known only of a time")]
    [InlineData("x'=-x+a\na=1\nglobal 1 x-1 {▶a=0}\n", "an event can change states and parameters only: found 'a', allowed x")]
    [InlineData("x'=-x\nglobal 1 x-1 {x=0;▶x=1}\n", "x is changed twice")]
    [InlineData("x'=-x\nglobal 1 x-1 {▶arret=1}\n", "an event can change states and parameters only")]
    [InlineData("x'=-x\nglobal 1 {▶x>1} {x=0}\n", "the condition of an event must change its sign, not jump")]
    [InlineData("x'=-x\nglobal 1 x-1▶\n", "found the end of the text")]
    [InlineData("x'=-x\nglobal 1 x-1 {x=0} ▶x\n", "the event does not go on as it should")]
    [InlineData("x▶[2..1]'=-x[j]\n", "the range of the array does not fit: found '[2..1]'")]
    [InlineData("x▶[1..99999999999]'=-x[j]\n", "at most 1000 of them")]
    [InlineData("x'=-x▶[j]\n", "brackets stand outside of an array")]
    [InlineData("x[1..2]'=-x▶[k]\n", "this is not an index: found '[k]'")]
    [InlineData("x[1..1]'=x[j] ▶[j]\n", "found '1', allowed an operator")]
    [InlineData("x[1..1]'=x[j]+▶zz[j]+1\n", "found 'zz1'")]
    [InlineData("x[0..2]'=-x▶[j-1]\n", "the index does not fit for j = 0")]
    [InlineData("x[1..2]'=-y▶[1..2]\n", "there is a second range")]
    [InlineData("%▶[1..2]\nx[j]'=-x[j]\n", "the block is never closed")]
    [InlineData("x'=-x\\\n  +▶zz\n", "there is no such name")]
    public void What_is_wrong_is_reported_at_its_place(string marked, string expected)
    {
        List<string> places = [];
        string[] lines = marked.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            while (lines[i].IndexOf('▶', StringComparison.Ordinal) is >= 0 and int column)
            {
                places.Add($"f.ode:{i + 1}:{column + 1}");
                lines[i] = lines[i].Remove(column, 1);
            }
        }
        Findings findings = new();
        Assert.Null(XppReader.Read(string.Join('\n', lines), "f.ode", findings));
        Assert.True(places.SequenceEqual(findings.All.Select(finding => finding.Place.ToString())),
            $"expected findings at {string.Join(", ", places)}, got\n{findings}");
        Assert.Contains(expected, findings.All[0].ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string> Hostile { get; } =
    [
        "x'=" + new string('(', 60_000) + "1",
        "x'=" + string.Concat(Enumerable.Repeat("sin(", 15_000)) + "1",
        "x'=" + string.Concat(Enumerable.Repeat("1+", 32_000)) + "1",
        "x'=sum(" + string.Concat(Enumerable.Repeat("1+", 32_000)) + "1,2)of(i')",
        "x'=" + string.Concat(Enumerable.Repeat("(-", 20_000)) + "1",
        "x'=" + string.Concat(Enumerable.Repeat("if(x)then(", 6_000)) + "1",
        string.Concat(Enumerable.Range(0, 64).Select(n => $"x{n}'=sum(1,499)of({string.Concat(Enumerable.Repeat("i'*", 300))}1)\n")),
        "x[0..999]'=" + string.Concat(Enumerable.Repeat("x[j]+", 12_000)) + "1",
        "%[0..999]\n" + string.Concat(Enumerable.Repeat("x[j]'=1\n", 8_000)) + "%\n",
        "x[1..1000000]'=-x[j]",
        string.Concat(Enumerable.Range(0, 30).Select(n => $"q{n + 1}=q{n}*q{n}\n")) + "q0=x\nx'=q30\n",
        string.Concat(Enumerable.Range(0, 30).Select(n => $"f{n + 1}(a)=f{n}(a)*f{n}(a)\n")) + "f0(a)=a\nx'=f30(x)\n",
        string.Concat(Enumerable.Range(0, 30).Select(n => $"x{n}'=1\n")) + "global 1 x0 {" + string.Join(';', Enumerable.Range(1, 29).Select(n => $"x{n}=x{n - 1}*x{n - 1}")) + "}\n",
        new string('x', 65_000),
        new string('x', 70_000),
        string.Concat(Enumerable.Repeat("\\\n", 30_000)),
        string.Concat(Enumerable.Repeat("#include a\n", 5_000)),
        string.Concat(Enumerable.Repeat("[", 60_000)),
        "x[1..2]'=" + string.Concat(Enumerable.Repeat("[j", 30_000)),
        "x[1..2]'=x[" + string.Concat(Enumerable.Repeat("j*", 30_000)) + "j]",
        "@ " + new string('=', 60_000),
        "x'=-x\nglobal 1 x {" + string.Concat(Enumerable.Repeat("x=1;", 15_000)) + "}",
        "\0\u2028\r\u0085'\"%@{}[]",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_file_is_refused_within_a_second(string text)
    {
        TimeSpan fastest = TimeSpan.MaxValue;
        for (int i = 0; i < 5 && fastest > TimeSpan.FromSeconds(1); i++)
        {
            Findings findings = new();
            TimeSpan before = Environment.CpuUsage.TotalTime; // other processes do not count
            Assert.Null(XppReader.Read(text, "f.ode", findings));
            Assert.NotEmpty(findings.ToString());
            fastest = TimeSpan.FromTicks(Math.Min(fastest.Ticks, (Environment.CpuUsage.TotalTime - before).Ticks));
        }
        Assert.InRange(fastest.TotalSeconds, 0, 1);
    }

    [Theory]
    [InlineData("", "folder of the .ode file")]
    [InlineData("3\n0\n1\n1\n2\n", "t.tab:6:1: the table does not go on as it should: found '', allowed a number")]
    [InlineData("3\n0\n1\n1\n2", "t.tab:6:1: the table does not go on as it should: found the end of the file")]
    [InlineData("3\n0\n1\n1\nx\n2\n", "t.tab:5:1: the table does not go on as it should: found 'x', allowed a number")]
    [InlineData("3\n1\n0\n1\n2\n3\n", "t.tab:1:1: the arguments of the table do not ascend")]
    [InlineData("s3\n0\n1\n1\n2\n3\n", "a table without straight lines between its points is not supported: found 's3'")]
    [InlineData("20000\n0\n1\n", "the number of points of the table does not fit: found 20000, allowed 2 to 10000")]
    [InlineData("xyvals\n2\n0 1\n1\n", "t.tab:4:1: the table does not go on as it should: found '1', allowed two numbers")]
    public void What_is_wrong_with_a_table_file_is_told_at_its_place(string table, string expected)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ode-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "t.tab"), table);
            Findings findings = new();
            Assert.Null(XppReader.Read("table h t.tab\nx'=h(x)\n", Path.Combine(folder.FullName, "f.ode"), findings));
            Assert.Contains(expected, findings.ToString(), StringComparison.Ordinal);
            Assert.Equal(1, findings.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_table_is_not_read_through_a_link()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ode-");
        try
        {
            string real = Path.Combine(folder.FullName, "real");
            Directory.CreateDirectory(real);
            File.WriteAllText(Path.Combine(real, "t.tab"), "2\n0\n1\n5\n6\n");
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "link.tab"), Path.Combine(real, "t.tab"));
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "linked"), real);
            foreach ((string path, bool good) in new[] { ("real/t.tab", true), ("link.tab", false), ("linked/t.tab", false) })
            {
                Findings findings = new();
                Assert.Equal(good, XppReader.Read($"table h {path}\nx'=h(x)\n", Path.Combine(folder.FullName, "f.ode"), findings) is not null);
                Assert.Equal(!good, findings.ToString().Contains("not a link", StringComparison.Ordinal));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
