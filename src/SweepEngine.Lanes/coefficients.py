"""Prints the constants of LaneMath and HugeAngle: python3 coefficients.py (needs mpmath).

Polynomials are minimax, by Remez exchange at 60 digits, then rounded to doubles; the error printed is that of the rounded ones. Where
rounding the first coefficient would cost more than it gains, it is held at the nearest double to that of the power series.
"""
from mpmath import atanh, bernoulli, cos, exp, expm1, factorial, floor, log, lu_solve, matrix, mp, mpf, pi, sin, sqrt

mp.dps = 60


def remez(f, weight, low, high, degree, fixed=()):
    """Coefficients c of the polynomial, starting with the fixed ones, that minimises max |weight·(f − Σ c_k x^k)| on [low, high]."""
    powers = range(len(fixed), degree + 1)
    count = len(powers) + 1
    rest = lambda x: f(x) - sum(c * x**k for k, c in enumerate(fixed))
    chebyshev = lambda n: [(low + high) / 2 - (high - low) / 2 * cos(pi * i / n) for i in range(n + 1)]
    points, grid = chebyshev(count - 1), chebyshev(30 * count)
    for _ in range(12):
        rows = [[x**k for k in powers] + [(-1) ** i / weight(x)] for i, x in enumerate(points)]
        solution = list(lu_solve(matrix(rows), matrix([rest(x) for x in points])))
        coefficients, level = solution[:-1], solution[-1]
        errors = [weight(x) * (rest(x) - sum(c * x**k for c, k in zip(coefficients, powers))) for x in grid]
        # The largest error of each run of one sign.
        extrema = []
        for i, error in enumerate(errors):
            if extrema and errors[extrema[-1]] * error > 0:
                extrema[-1] = max(extrema[-1], i, key=lambda j: abs(errors[j]))
            else:
                extrema.append(i)
        while len(extrema) > count:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        if len(extrema) < count or max(map(abs, errors)) < 1.01 * abs(level):
            break
        points = [grid[i] for i in extrema]
    return [mpf(float(c)) for c in (*fixed, *coefficients)]


def polynomial(name, f, weight, low, high, degree, fixed=()):
    c = remez(f, weight, low, high, degree, fixed)
    points = [low + (high - low) * mpf(i) / 1000 for i in range(1001)]
    error = max(abs(weight(x) * (f(x) - sum(d * x**k for k, d in enumerate(c)))) for x in points)
    print(f"{name}: error 2^{float(log(error, 2)):.1f}")
    print("   " + ", ".join(repr(float(d)) for d in c))


def near_zero(f, series):
    """f, by its power series near zero, where the formula cancels."""
    return lambda x: sum(series(k) * x**k for k in range(24)) if abs(x) < mpf("1e-3") else f(x)


half = mpf(1) / 2
edge = log(2) / 2 * (1 + mpf(2) ** -10)
polynomial("exp, (e^r - 1 - r)/r^2, error of e^r - 1", near_zero(lambda r: (expm1(r) - r) / r**2, lambda k: 1 / factorial(k + 2)),
           lambda r: abs(r) + mpf("1e-3"), -edge, edge * mpf("1.0001"), 10, (half,))

tiny = mpf(10) ** -20
polynomial("exprelr, (x/(e^x - 1) - 1 + x/2)/z, z = x^2", near_zero(lambda z: (sqrt(z) / expm1(sqrt(z)) - 1 + sqrt(z) / 2) / z, lambda k: bernoulli(2 * k + 2) / factorial(2 * k + 2)),
           lambda z: z + mpf("1e-6"), tiny, mpf("0.2505"), 5)
s_squared = mpf("0.04") * (1 + mpf(2) ** -20)
log_rest = near_zero(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z, lambda k: mpf(2) / (2 * k + 3))
polynomial("log, (2 atanh(s)/s - 2)/z, error of the logarithm", log_rest, lambda z: z / 2 + mpf("1e-6"), tiny, s_squared, 7)
polynomial("pow, ((2 atanh(s)/s - 2)/z - 2/3 - 2/5 z)/z^2, error of the logarithm",
           near_zero(lambda z: (log_rest(z) - mpf(2) / 3 - mpf(2) / 5 * z) / z**2, lambda k: mpf(2) / (2 * k + 7)),
           lambda z: z**3 / 2 + mpf("1e-8"), tiny, s_squared, 6)

r_squared = (pi / 4) ** 2 * (1 + mpf(2) ** -10)
polynomial("sin, (sin(r)/r - 1)/z", near_zero(lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, lambda k: (-1) ** (k + 1) / factorial(2 * k + 3)),
           lambda z: z + mpf("1e-3"), tiny, r_squared, 6, (mpf(float(-1 / mpf(6))),))
polynomial("cos, (cos r - 1 + z/2)/z^2", near_zero(lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, lambda k: (-1) ** k / factorial(2 * k + 4)),
           lambda z: z**2 + mpf("1e-3"), tiny, r_squared, 5, (mpf(float(1 / mpf(24))),))

mp.prec = 1400


def parts(name, value, count):
    """The value as a sum of doubles, each the nearest to what the ones before leave."""
    rest, doubles = value, []
    for _ in range(count):
        doubles.append(float(rest))
        rest -= mpf(doubles[-1])
    print(f"{name}: {doubles}")


ln2_high = floor(log(2) * mpf(2) ** 42) / mpf(2) ** 42
print(f"ln 2, upper 42 bits and rest: {float(ln2_high)!r}, {float(log(2) - ln2_high)!r}")
parts("1/ln 2", 1 / log(2), 1)
parts("2/3", mpf(2) / 3, 2)
parts("2/5", mpf(2) / 5, 2)
parts("2/pi", 2 / pi, 1)
parts("pi/2", pi / 2, 3)
words = f"{int(floor(2 / pi * mpf(2) ** 1216)):0304X}"
print("2/pi, 1216 bits: " + ", ".join("0x" + words[i : i + 16] for i in range(0, 304, 16)))
