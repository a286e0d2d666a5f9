// Bifurcation points in quadruple precision, each by Newton's method on the equations that define it, from the rough places in starts.txt. Prints the table that README.md describes.
#include "models.h"

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using Vector = std::vector<Real>;
using Residual = std::function<Vector(const Vector&)>;

// Gaussian elimination with row exchange.
static Vector Solve(std::vector<Vector> a, Vector b) {
    const int n = b.size();
    for (int p = 0; p < n; p++) {
        int best = p;
        for (int i = p + 1; i < n; i++) if (fabsq(a[i][p]) > fabsq(a[best][p])) best = i;
        std::swap(a[p], a[best]); std::swap(b[p], b[best]);
        for (int i = p + 1; i < n; i++) {
            const Real m = a[i][p] / a[p][p];
            for (int j = p; j < n; j++) a[i][j] -= m * a[p][j];
            b[i] -= m * b[p];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++) b[i] -= a[i][j] * b[j];
        b[i] /= a[i][i];
    }
    return b;
}

// Newton's method with difference quotients; the last change, relative to 1 + magnitude, is the error that is printed.
static Real Newton(const Residual& residual, Vector& z, Real enough) {
    const Vector start = z;
    Real change = 1;
    for (int iteration = 0; iteration < 25; iteration++) {
        const Vector r = residual(z);
        const int n = z.size();
        std::vector<Vector> a(n, Vector(n));
        for (int j = 0; j < n; j++) {
            Vector moved = z;
            moved[j] += 1e-15Q * (1 + fabsq(z[j]));
            const Vector other = residual(moved);
            for (int i = 0; i < n; i++) a[i][j] = (other[i] - r[i]) / (moved[j] - z[j]);
        }
        const Vector d = Solve(a, r);
        change = 0;
        for (int j = 0; j < n; j++) change = std::max(change, fabsq(d[j]) / (1 + fabsq(z[j])));
        // Far away a part of the step only.
        const Real part = change > 0.3Q ? 0.3Q / change : Real(1);
        for (int j = 0; j < n; j++) z[j] -= part * d[j];
        // Lost: so far from the start that integrations would take long.
        for (int j = 0; j < n; j++) if (!(fabsq(z[j] - start[j]) < 0.5Q * (1 + fabsq(start[j])))) return 1;
        if (change < enough) break;
    }
    return change;
}

template <class Model> struct Points {
    static constexpr int N = Model::N;
    Model model;

    template <class T> std::array<T, N> Slopes(const std::array<T, N>& x, const T& drive) const { return model(x, drive); }

    std::array<Dual, N> Along(const Real* x, const Real* v) const {
        std::array<Dual, N> y;
        for (int i = 0; i < N; i++) y[i] = {x[i], v ? v[i] : Real(0)};
        return y;
    }

    // A v, the Jacobian times a vector.
    Vector Jacobian(const Real* x, Real drive, const Real* v) const {
        const auto f = Slopes(Along(x, v), Dual{drive, 0});
        Vector result(N);
        for (int i = 0; i < N; i++) result[i] = f[i].d;
        return result;
    }

    Vector Field(const Real* x, Real drive) const {
        const auto f = Slopes(Along(x, nullptr), Dual{drive, 0});
        Vector result(N);
        for (int i = 0; i < N; i++) result[i] = f[i].v;
        return result;
    }

    // The right null vector of a singular matrix to start from, by inverse iteration.
    Vector Null(std::vector<Vector> a) const {
        const int n = a.size();
        Real size = 0;
        for (auto& row : a) for (Real v : row) size = std::max(size, fabsq(v));
        for (int i = 0; i < n; i++) a[i][i] += 1e-22Q * size;
        Vector v(n, 1);
        for (int i = 0; i < n; i++) v[i] = 1 + Real(i) / 7;
        for (int k = 0; k < 4; k++) {
            v = Solve(a, v);
            Real norm = 0;
            for (Real e : v) norm += e * e;
            for (Real& e : v) e /= sqrtq(norm);
        }
        return v;
    }

    std::vector<Vector> Matrix(const std::function<Vector(const Real*)>& apply) const {
        std::vector<Vector> a(N, Vector(N));
        for (int j = 0; j < N; j++) {
            Vector unit(N, 0);
            unit[j] = 1;
            const Vector column = apply(unit.data());
            for (int i = 0; i < N; i++) a[i][j] = column[i];
        }
        return a;
    }

    // Equilibrium with A v = 0. Unknowns: drive, x, v.
    Real Fold(Real& drive, Vector& x) const {
        Vector z{drive};
        z.insert(z.end(), x.begin(), x.end());
        const Vector v = Null(Matrix([&](const Real* u) { return Jacobian(x.data(), drive, u); }));
        z.insert(z.end(), v.begin(), v.end());
        const Real change = Newton([&](const Vector& at) {
            Vector r = Field(&at[1], at[0]);
            const Vector av = Jacobian(&at[1], at[0], &at[1 + N]);
            r.insert(r.end(), av.begin(), av.end());
            Real norm = -1;
            for (int i = 0; i < N; i++) norm += at[1 + N + i] * at[1 + N + i];
            r.push_back(norm);
            return r;
        }, z, 1e-28Q);
        drive = z[0];
        x.assign(z.begin() + 1, z.begin() + 1 + N);
        return change;
    }

    // Equilibrium with A (p + i q) = i omega (p + i q). Unknowns: drive, x, omega, p, q.
    Real Hopf(Real& drive, Vector& x, Real& period) const {
        // A^2 + omega^2 is singular; p from it, q = -A p/omega.
        const Real omega = 2 * M_PIq / period;
        const Vector p = Null(Matrix([&](const Real* u) {
            const Vector au = Jacobian(x.data(), drive, u);
            Vector aau = Jacobian(x.data(), drive, au.data());
            for (int i = 0; i < N; i++) aau[i] += omega * omega * u[i];
            return aau;
        }));
        Vector q = Jacobian(x.data(), drive, p.data());
        Vector z{drive};
        z.insert(z.end(), x.begin(), x.end());
        z.push_back(omega);
        z.insert(z.end(), p.begin(), p.end());
        for (Real e : q) z.push_back(-e / omega);
        const Vector p0 = p;
        const Real change = Newton([&](const Vector& at) {
            const Real *px = &at[1], w = at[1 + N], *pp = &at[2 + N], *pq = &at[2 + 2 * N];
            Vector r = Field(px, at[0]);
            const Vector ap = Jacobian(px, at[0], pp), aq = Jacobian(px, at[0], pq);
            for (int i = 0; i < N; i++) r.push_back(ap[i] + w * pq[i]);
            for (int i = 0; i < N; i++) r.push_back(aq[i] - w * pp[i]);
            Real norm = -1, phase = 0;
            for (int i = 0; i < N; i++) { norm += p0[i] * pp[i]; phase += p0[i] * pq[i]; }
            r.push_back(norm); r.push_back(phase - z0(p0, q, omega));
            return r;
        }, z, 1e-28Q);
        drive = z[0];
        x.assign(z.begin() + 1, z.begin() + 1 + N);
        period = 2 * M_PIq / z[1 + N];
        return change;
    }

    // What the phase condition keeps: p0 . q at the start.
    static Real z0(const Vector& p0, const Vector& q, Real omega) {
        Real sum = 0;
        for (int i = 0; i < N; i++) sum -= p0[i] * q[i] / omega;
        return sum;
    }

    // The flow over a time, with the derivative along v.
    std::array<Dual, N> Flow(const Real* x, Real drive, Real time, const Real* v) const { return Extrapolation<Model>(model, Dual{drive, 0}).Run(Along(x, v), time); }

    // A cycle through x, where the voltage is highest, at which something happens: what converges first of three ways to begin.
    Real Cycle(const std::string& kind, Real& drive, Vector& x, Real& period) const {
        for (int way = 0; way < 3; way++) {
            Real I = drive, T = period;
            Vector y = x;
            if (const Real change = Cycle(kind, I, y, T, way); change < 1e-9Q && fabsq(I - drive) < 1e-4Q * (1 + fabsq(drive))) {
                drive = I; x = y; period = T;
                return change;
            }
        }
        return 1;
    }

    // Unknowns: drive, x, period and what belongs to the kind.
    Real Cycle(const std::string& kind, Real& drive, Vector& x, Real& period, int way) const {
        Vector z{drive};
        z.insert(z.end(), x.begin(), x.end());
        z.push_back(period);
        const int first = z.size();
        if (way < 2) {
            // First the cycle alone, of this drive or of this highest voltage.
            const int fixed = way == 0 ? 0 : 1 + Model::voltage;
            auto whole = [&](Vector at) { at.insert(at.begin() + fixed, z[fixed]); return at; };
            Vector cycle = z;
            cycle.erase(cycle.begin() + fixed);
            if (Newton([&](const Vector& at) { const Vector all = whole(at); return Closing(&all[1], all[0], all[1 + N]); }, cycle, 1e-12Q) < 1e-6Q) z = whole(cycle);
            drive = z[0];
        }
        if (kind == "LPC") {
            // The monodromy matrix less 1, bordered by the flow and the phase condition.
            std::vector<Vector> a(N + 1, Vector(N + 1, 0));
            const Vector f = Field(&z[1], drive);
            for (int j = 0; j < N; j++) {
                Vector unit(N, 0);
                unit[j] = 1;
                const auto end = Flow(&z[1], drive, z[1 + N], unit.data());
                for (int i = 0; i < N; i++) a[i][j] = end[i].d - (i == j);
                a[N][j] = Jacobian(&z[1], drive, unit.data())[Model::voltage];
            }
            for (int i = 0; i < N; i++) a[i][N] = f[i];
            const Vector v = Null(a);
            z.insert(z.end(), v.begin(), v.end());
        } else {
            const Vector v = Null(Matrix([&](const Real* u) {
                const auto end = Flow(&z[1], drive, z[1 + N], u);
                Vector r(N);
                for (int i = 0; i < N; i++) r[i] = end[i].d + u[i];
                return r;
            }));
            z.insert(z.end(), v.begin(), v.end());
        }
        const Vector v0(z.begin() + first, z.end());
        const Real change = Newton([&](const Vector& at) {
            const Real *px = &at[1], *v = &at[first];
            const auto end = Flow(px, at[0], at[1 + N], v);
            Vector r;
            for (int i = 0; i < N; i++) r.push_back(end[i].v - px[i]);
            const Vector f = Field(px, at[0]);
            r.push_back(f[Model::voltage]);
            for (int i = 0; i < N; i++) r.push_back(kind == "LPC" ? end[i].d - v[i] + v[N] * f[i] : end[i].d + v[i]);
            if (kind == "LPC") r.push_back(Jacobian(px, at[0], v)[Model::voltage]);
            Real norm = -1;
            for (size_t i = 0; i < v0.size(); i++) norm += v0[i] * v[i];
            r.push_back(norm);
            return r;
        }, z, 1e-15Q);
        drive = z[0];
        x.assign(z.begin() + 1, z.begin() + 1 + N);
        period = z[1 + N];
        return change;
    }

    // Of a cycle through x: what is missing to its return, and the slope of the voltage there.
    Vector Closing(const Real* x, Real drive, Real period) const {
        const auto end = Flow(x, drive, period, nullptr);
        Vector r;
        for (int i = 0; i < N; i++) r.push_back(end[i].v - x[i]);
        r.push_back(Field(x, drive)[Model::voltage]);
        return r;
    }

    // An equilibrium at a drive.
    Vector Rest(Real drive, Vector x) const {
        Newton([&](const Vector& at) { return Field(at.data(), drive); }, x, 1e-28Q);
        return x;
    }

    // The drive at which the unstable direction of a saddle, which has one, leads back to it: on either side of it the orbit leaves the saddle's neighbourhood in the other direction.
    Real Homoclinic(Real& drive, Vector& x, Real& highest) const {
        Real width = 1e-5Q * (1 + fabsq(drive)), low = drive - width, high = drive + width;
        const int side = Leaves(low, x, highest);
        if (side == Leaves(high, x, highest)) return 1;
        while (high - low > 1e-17Q * (1 + fabsq(drive))) {
            const Real middle = (low + high) / 2;
            (Leaves(middle, x, highest) == side ? low : high) = middle;
        }
        drive = (low + high) / 2;
        return (high - low) / (1 + fabsq(drive));
    }

    int Leaves(Real drive, const Vector& near, Real& highest) const {
        const Vector x = Rest(drive, near);
        // Power iteration on the flow of the linear equations, forwards and backwards in time (left eigenvector).
        const auto a = Matrix([&](const Real* u) { return Jacobian(x.data(), drive, u); });
        Real norm1 = 0;
        for (auto& row : a) for (Real v : row) norm1 = std::max(norm1, fabsq(v));
        auto leading = [&](bool left) {
            // Inverse iteration about a shift that the iteration improves: the only positive eigenvalue.
            Vector v(N, 1);
            for (int i = 0; i < N; i++) v[i] = 1 + Real(i) / 3;
            // (1 + hA)^(2^k) by squaring brings out the largest real part.
            std::vector<Vector> m = a;
            for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) m[i][j] = (left ? a[j][i] : a[i][j]) / (4 * norm1) + (i == j);
            for (int k = 0; k < 40; k++) {
                std::vector<Vector> s(N, Vector(N, 0));
                Real size = 0;
                for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) { for (int l = 0; l < N; l++) s[i][j] += m[i][l] * m[l][j]; size = std::max(size, fabsq(s[i][j])); }
                for (auto& row : s) for (Real& e : row) e /= size;
                m = s;
            }
            Vector r(N, 0);
            Real norm = 0;
            for (int i = 0; i < N; i++) { for (int j = 0; j < N; j++) r[i] += m[i][j] * v[j]; norm += r[i] * r[i]; }
            for (Real& e : r) e /= sqrtq(norm);
            return r;
        };
        Vector u = leading(false), w = leading(true);
        if (u[Model::voltage] < 0) for (Real& e : u) e = -e;
        Real product = 0;
        for (int i = 0; i < N; i++) product += u[i] * w[i];
        for (Real& e : w) e /= product;
        std::array<Dual, N> y;
        for (int i = 0; i < N; i++) y[i] = {x[i] + Model::loop_side * 1e-10Q * u[i], 0};
        Extrapolation<Model> flow(model, Dual{drive, 0});
        bool away = false;
        Real nearest = 10;
        highest = -1e9Q;
        for (Real t = 0; t < Model::longest_loop;) {
            t += flow.Advance(y, 1e9Q);
            highest = std::max(highest, y[Model::voltage].v);
            // Seen along the unstable direction alone: the orbit comes back close to the stable manifold and leaves it to one side.
            Real along = 0, distance = 0;
            for (int i = 0; i < N; i++) { along += w[i] * (y[i].v - x[i]); const Real d = (y[i].v - x[i]) / Model::Scale(i); distance = std::max(distance, fabsq(d)); }
            if (distance > 10) away = true;
            nearest = away ? std::min(nearest, distance) : Real(10);
            if (away && nearest < 5 && distance > 1.5Q * nearest) return along > 0 ? 1 : -1;
        }
        return 0;
    }
};

static std::string Digits(Real x, int digits = 16) {
    char text[64];
    quadmath_snprintf(text, sizeof text, ("%." + std::to_string(digits) + "Qg").c_str(), x);
    return text;
}

template <class Model> static bool Row(const std::string& name, std::istringstream& words) {
    Points<Model> points;
    if (name != Model::name) return false;
    std::string setting, kind, period, drive;
    words >> setting >> kind >> drive >> period;
    if (setting != "-") {
        std::istringstream each(setting);
        for (std::string pair; std::getline(each, pair, ';');) {
            const size_t equals = pair.find('=');
            points.model.Set(pair.substr(0, equals), strtoflt128(pair.c_str() + equals + 1, nullptr));
        }
    }
    Real I = strtoflt128(drive.c_str(), nullptr), T = strtoflt128(period.c_str(), nullptr), highest = 0;
    Vector x;
    for (std::string word; words >> word;) x.push_back(strtoflt128(word.c_str(), nullptr));
    if (x.size() != Model::N) throw std::runtime_error("states of " + name);
    const Real change = kind == "LP" ? points.Fold(I, x) : kind == "HB" ? points.Hopf(I, x, T) : kind == "HOM" ? points.Homoclinic(I, x, highest) : points.Cycle(kind, I, x, T);
    const bool rests = kind == "LP" || kind == "HOM";
    printf("%s,%s,%s,%s,%s,%s,%s\n", name.c_str(), setting.c_str(), kind.c_str(), Digits(I).c_str(), rests ? "" : Digits(T).c_str(), Digits(kind == "HOM" ? highest : x[Model::voltage], kind == "HOM" ? 6 : 16).c_str(), Digits(change, 1).c_str());
    fflush(stdout);
    return true;
}

int main() {
    puts("model,setting,kind,drive,period,maximum,change");
    for (std::string line; std::getline(std::cin, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream words(line);
        std::string name;
        words >> name;
        if (!(Row<HodgkinHuxley>(name, words) || Row<MorrisLecar>(name, words) || Row<ConnorStevens>(name, words) || Row<WangBuzsaki>(name, words) || Row<TraubMiles>(name, words)
              || Row<ThalamicRebound>(name, words) || Row<PinskyRinzel>(name, words) || Row<GapJunction>(name, words) || Row<FitzHughNagumo>(name, words) || Row<HindmarshRose>(name, words)))
            throw std::runtime_error("no such model: " + name);
    }
}
