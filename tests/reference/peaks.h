// Spikes, features and asymptotic rate of smooth models, whose spikes are peaks of the first state variable.
// Model adds to what Flow needs: Real threshold, longest_period, small (size of a change of the voltage that is nearly nothing).
#pragma once
#include <tuple>

#include "features.h"

/// Model with the integral of its voltage as one more state.
template <class Model> struct WithIntegral : Model {
    static constexpr int N = Model::N + 1;
    State<N> operator()(const State<N>& y) const {
        State<Model::N> inner;
        std::copy_n(y.begin(), Model::N, inner.begin());
        const auto slope = Model::operator()(inner);
        State<N> result;
        std::copy_n(slope.begin(), Model::N, result.begin());
        result[Model::N] = y[0];
        return result;
    }
};

/// A solution that stops at the extremes of its voltage y[0].
template <class Model> struct Orbit {
    static constexpr int N = Model::N;
    Model model;
    Flow<Model> flow;
    State<N> y;
    bool rising;
    Real t = 0;

    Orbit(const Model& model, Accuracy accuracy, const State<N>& y, bool rising) : model(model), flow(model, accuracy), y(y), rising(rising) {}

    /// Goes on to the next extreme (true) or to t_end. Slopes below 1e-16 are a rest: a change of sign there is none.
    bool NextExtreme(Real t_end) {
        const auto slope = [this](const State<N>& at) { return model(at)[0]; };
        while (t < t_end) {
            const auto [end, h] = flow.Advance(y, t_end - t);
            const bool turned = rising ? slope(end) < -1e-16Q : slope(end) > 1e-16Q;
            if (turned && fabsq(slope(y)) < 1e-16Q && slope(y) * slope(end) > 0) rising = !rising;
            else if (turned) {
                const Real s = flow.Locate(y, h, slope);
                y = flow.Step(y, s).first;
                t += s;
                rising = !rising;
                return true;
            }
            y = end;
            t = h == t_end - t ? t_end : t + h;
        }
        return false;
    }

    /// Goes on to the next maximum above floor, or to t_end.
    bool NextPeak(Real t_end, Real floor) {
        while (NextExtreme(t_end)) if (!rising && y[0] > floor) return true;
        return false;
    }
};

/// Response to a step on [0, duration] from the start; a spike is the largest maximum between an upward and a downward
/// crossing of the threshold. Leaves the state at the end of the step in start.
template <class Model> Response Respond(const Model& model, Accuracy accuracy, State<Model::N>& start, Real duration) {
    State<Model::N + 1> y{};
    std::copy(start.begin(), start.end(), y.begin());
    Orbit<WithIntegral<Model>> orbit({model}, accuracy, y, model(start)[0] > 0);
    Response response{{}, y[0], y[0], 0};
    std::optional<std::pair<Real, Real>> candidate; // V and t of the largest maximum since the upward crossing
    const auto follow = [&](Real t_end) {
        for (bool extreme = true; extreme;) {
            extreme = orbit.NextExtreme(t_end);
            const Real V = orbit.y[0];
            response.minimum = std::min(response.minimum, V);
            response.maximum = std::max(response.maximum, V);
            if (V < model.threshold && candidate) { response.spikes.push_back(candidate->second); candidate.reset(); }
            if (extreme && !orbit.rising && V > model.threshold && (!candidate || V > candidate->first)) candidate = {V, orbit.t};
        }
    };
    follow(duration * 9 / 10);
    const Real integral = orbit.y[Model::N];
    follow(duration);
    response.late_mean = (orbit.y[Model::N] - integral) / (duration / 10);
    std::copy_n(orbit.y.begin(), Model::N, start.begin());
    return response;
}

/// Where the solution from a state ends under the constant drive.
struct Attractor {
    std::string kind; // rest, cycle, subthreshold cycle
    std::optional<Real> period;
    Real multiplier;  // cycle: largest Floquet multiplier besides the trivial one; rest: factor per longest_period
};

/// The equilibrium near y, as the fixed point of the map that goes on by a tenth of the longest period.
template <class Model> auto FindRest(const Model& model, Accuracy accuracy, const State<Model::N>& y) {
    return FindFixedPoint<Model::N>([&](const State<Model::N>& x) -> std::optional<State<Model::N>> {
        Flow<Model> flow(model, accuracy);
        State<Model::N> end = x;
        for (Real left = model.longest_period / 10, h; left > 0; left -= h) std::tie(end, h) = flow.Advance(end, left);
        return end;
    }, y);
}

/// The stable cycle near a peak, as the fixed point of the map from a peak to the next one above floor.
template <class Model> std::optional<Attractor> FindCycle(const Model& model, Accuracy accuracy, const State<Model::N>& peak, Real floor) {
    Real period = 0;
    const auto next = [&](const State<Model::N>& x) -> std::optional<State<Model::N>> {
        Orbit<Model> orbit(model, accuracy, x, false);
        std::tie(orbit.y, orbit.t) = orbit.flow.Advance(x, 1);
        if (model(orbit.y)[0] >= 0 || !orbit.NextPeak(model.longest_period, floor)) return {}; // x is no maximum, or the last
        period = orbit.t;
        return orbit.y;
    };
    const auto found = FindFixedPoint<Model::N>(next, peak);
    if (!found || fabsq(found->x[0] - peak[0]) > 100 * model.small || !(found->multiplier < 1)) return {};
    next(found->x);
    return Attractor{floor == model.threshold ? "cycle" : "subthreshold cycle", period, found->multiplier};
}

/// Follows the solution until two peaks in a row are alike or it is close to a stable equilibrium.
template <class Model> Attractor FindAttractor(const Model& model, Accuracy accuracy, const State<Model::N>& start) {
    const Real any_height = -1e6Q, horizon = 1000 * model.longest_period;
    Orbit<Model> orbit(model, accuracy, start, model(start)[0] > 0);
    while (orbit.t < horizon) {
        State<Model::N> before = start;
        while (orbit.t < horizon && orbit.NextPeak(orbit.t + model.longest_period, model.threshold)) {
            if (fabsq(orbit.y[0] - before[0]) < model.small)
                if (const auto cycle = FindCycle(model, accuracy, orbit.y, model.threshold)) return *cycle;
            before = orbit.y;
        }
        const auto rest = FindRest(model, accuracy, orbit.y); // no spike for one longest period
        if (rest && rest->multiplier < 1) {
            Real distance = 0;
            for (int i = 0; i < Model::N; i++) distance = std::max(distance, fabsq(orbit.y[i] - rest->x[i]));
            if (distance < model.small / 1000) return {"rest", {}, powq(rest->multiplier, 10)};
            continue;
        }
        std::vector<State<Model::N>> peaks;
        for (const Real end = orbit.t + model.longest_period; peaks.size() < 5 && orbit.NextPeak(end, any_height);) peaks.push_back(orbit.y);
        if (peaks.size() >= 2 && fabsq(peaks.end()[-1][0] - peaks.end()[-2][0]) < model.small / 10)
            if (const auto cycle = FindCycle(model, accuracy, peaks.back(), any_height)) return *cycle;
    }
    throw std::runtime_error("no attractor found");
}

/// Response to the step and attractor from there, as the columns after the parameters.
template <class Model> void AppendRun(Row& row, const Model& model, Accuracy accuracy, State<Model::N> y, Real duration, Real second,
                                      const std::string& time, const std::string& rate, const std::string& voltage) {
    const Response response = Respond(model, accuracy, y, duration);
    const Attractor attractor = FindAttractor(model, accuracy, y);
    row.push_back({"attractor", {}, attractor.kind});
    row.push_back({"rate" + rate, attractor.kind == "cycle" ? second / *attractor.period : Real(0)});
    row.push_back({"period" + time, attractor.period});
    row.push_back({"multiplier", attractor.multiplier, {}, 6});
    AppendFeatures(row, response, second, time, rate, voltage);
}
