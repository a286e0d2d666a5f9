// Spike features in eFEL's definitions (efel-definitions.md, continuous limit) and the CSV tables.
#pragma once
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "extrapolation.h"

/// What a step stimulus on [0, duration] did: times of the spikes, extremes and late mean of the voltage.
struct Response {
    std::vector<Real> spikes;
    Real minimum, maximum, late_mean;
};

/// One column of a table: a text, a number, or neither (not defined).
struct Cell {
    std::string name;
    std::optional<Real> value;
    std::string text = {};
    int digits = 20; // fewer: a rough value, not compared between the two accuracies
};
using Row = std::vector<Cell>;

/// Appends the features of a response; time and voltage are the units' suffixes of the columns' names, second the
/// time units in one unit of 1/rate.
inline void AppendFeatures(Row& row, const Response& response, Real second, const std::string& time, const std::string& rate, const std::string& voltage) {
    const auto& t = response.spikes;
    const int n = t.size();
    std::vector<Real> isi;
    for (int k = 1; k < n; k++) isi.push_back(t[k] - t[k - 1]);
    std::optional<Real> cv, adaptation;
    if (n >= 4) {
        Real mean = 0, square = 0, sum = 0;
        for (int k = 1; k < n - 1; k++) mean += isi[k] / (n - 2);
        for (int k = 1; k < n - 1; k++) square += (isi[k] - mean) * (isi[k] - mean);
        for (int k = 2; k < n - 1; k++) sum += (isi[k] - isi[k - 1]) / (isi[k] + isi[k - 1]);
        cv = sqrtq(square / (n - 3)) / mean;
        adaptation = sum / (n - 3);
    }
    const auto when = [](bool defined, auto value) { return defined ? std::optional<Real>(value()) : std::nullopt; };
    row.push_back({"spike_count", Real(n)});
    row.push_back({"time_to_first_spike" + time, when(n >= 1, [&] { return t.front(); })});
    row.push_back({"first_ISI" + time, when(n >= 2, [&] { return isi.front(); })});
    row.push_back({"last_ISI" + time, when(n >= 2, [&] { return isi.back(); })});
    row.push_back({"ISI_CV", cv});
    row.push_back({"adaptation_index2", adaptation});
    row.push_back({"mean_frequency" + rate, when(n >= 1, [&] { return n * second / t.back(); })});
    row.push_back({"minimum_voltage" + voltage, response.minimum});
    row.push_back({"maximum_voltage" + voltage, response.maximum});
    row.push_back({"steady_state_voltage_stimend" + voltage, response.late_mean});
}

/// Computes each row at two orders and tolerances, prints the finer one with the largest difference between the two:
/// absolute for values below 1, else relative. Numbers below 1e-18 are the rounding of a zero and are printed as 0.
template <class Compute> void PrintRow(Compute compute, bool header) {
    const Row coarse = compute(Accuracy{12, 1e-22Q}), fine = compute(Accuracy{15, 1e-26Q});
    if (header) {
        for (const auto& cell : fine) std::cout << cell.name << ',';
        std::cout << "difference\n";
    }
    Real difference = 0;
    char text[64];
    for (size_t c = 0; c < fine.size(); c++) {
        if (fine[c].value.has_value() != coarse[c].value.has_value() || fine[c].text != coarse[c].text)
            throw std::runtime_error("the two accuracies disagree on what is defined: " + fine[c].name);
        if (fine[c].value) {
            const Real value = *fine[c].value;
            if (fine[c].digits == 20) difference = std::max(difference, fabsq(value - *coarse[c].value) / std::max(fabsq(value), Real(1)));
            quadmath_snprintf(text, sizeof text, "%.*Qg", fine[c].digits, fabsq(value) < 1e-18Q ? Real(0) : value);
            std::cout << text;
        }
        std::cout << fine[c].text << ',';
    }
    quadmath_snprintf(text, sizeof text, "%.0Qe", difference);
    std::cout << text << std::endl;
}
