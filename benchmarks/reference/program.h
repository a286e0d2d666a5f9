// What the reference programs share: a program reads points (three doubles each), integrates them, and writes for each point the rate
// at the end [Hz] (1/last interval between spikes, 0 with fewer than two spikes) and the number of spikes.
//   PROGRAM scalar|simd|avx512 POINTS DT_MS THREADS RATES    prints: wall [s], processor time [s], neuron-steps
// A program defines Neuron<T>, an aggregate whose Fields members are all T, and for it Start, Step and Done.
#pragma once
#include "lanes.h"
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

struct Point { double x[3]; };
struct Row { double rate, count; };

/// The spikes so far; all that a rate needs.
template<class T, class N, class M> inline void Count(N& n, M spiked, T t) {
    n.interval = Where(spiked, t - n.last, n.interval);
    n.last = Where(spiked, t, n.last);
    n.count = Where(spiked, n.count + 1, n.count);
}
inline Row RowOf(double interval, double count) { return {count >= 2 ? 1000 / interval : 0, count}; }

/// Where in a step, 0 to 1, the cubic with the values y and the slopes dy (times the step) at both ends is zero.
template<class T> inline T Crossing(T y0, T dy0, T y1, T dy1) {
    const T c = 3 * (y1 - y0) - 2 * dy0 - dy1, d = 2 * (y0 - y1) + dy0 + dy1;
    T p = y0 / (y0 - y1);
    for (int i = 0; i < 5; i++) p = p - (y0 + p * (dy0 + p * (c + p * d))) / (dy0 + p * (2 * c + p * (3 * d)));
    return p;
}

/// K lanes interleaved, so that one works while another waits for its results.
template<template<class> class Neuron, class T, int K> long RunLanes(const Point* points, Row* rows, double dt) {
    constexpr int width = sizeof(T) / sizeof(double);
    return [&]<int... k>(std::integer_sequence<int, k...>) {
        Neuron<T> n[K];
        const auto parameter = [&](int lanes, int i) { return Lanes(T{}, &points[lanes * width].x[i], 3); };
        (Start<T>(n[k], parameter(k, 0), parameter(k, 1), parameter(k, 2), dt), ...);
        long step = 0;
        for (; !(Done(n[k], step * dt) && ...); step++) (Step<T, true>(n[k], step * dt, dt), ...);
        for (int i = 0; i < K * width; i++) rows[i] = RowOf(Lane(n[i / width].interval, i % width), Lane(n[i / width].count, i % width));
        return step;
    }(std::make_integer_sequence<int, K>());
}

/// The plain loop over points that the compiler is asked to vectorise: no branches, fields in columns.
template<template<class> class Neuron, int Block> long RunSimd(const Point* points, Row* rows, double dt) {
    return [&]<int... f>(std::integer_sequence<int, f...>) {
        alignas(64) double field[sizeof...(f)][Block];
        auto at = [&](int i) __attribute__((always_inline)) { return Neuron<double&>{field[f][i]...}; };
        for (int i = 0; i < Block; i++) {
            auto n = at(i);
            Start<double>(n, points[i].x[0], points[i].x[1], points[i].x[2], dt);
        }
        long step = 0;
        for (; !Done(at(0), step * dt); step++) {
            const double t = step * dt;
#pragma omp simd
            for (int i = 0; i < Block; i++) {
                auto n = at(i);
                Step<double, false>(n, t, dt);
            }
        }
        for (int i = 0; i < Block; i++) rows[i] = RowOf(at(i).interval, at(i).count);
        return step;
    }(std::make_integer_sequence<int, Neuron<double>::Fields>());
}

template<template<class> class Neuron, int K> int Main(int argc, char** argv) {
    if (argc != 6) return std::fprintf(stderr, "usage: %s scalar|simd|avx512 POINTS DT_MS THREADS RATES\n", argv[0]), 2;
    const std::string way = argv[1];
    long (*run)(const Point*, Row*, double) = nullptr;
    int block = 1;
    if (way == "scalar") run = RunLanes<Neuron, double, 1>;
    if constexpr (Neuron<double>::Synchronous)
        if (way == "simd") run = RunSimd<Neuron, 64>, block = 64;
#ifdef __AVX512DQ__
    if (way == "avx512") run = RunLanes<Neuron, Eight, K>, block = 8 * K;
#endif
    if (!run) return std::fprintf(stderr, "%s: not in this program on this processor\n", argv[1]), 3;

    std::vector<Point> points;
    if (FILE* file = std::fopen(argv[2], "rb")) {
        for (Point p; std::fread(&p, sizeof p, 1, file) == 1;) points.push_back(p);
        std::fclose(file);
    }
    if (points.empty()) return std::fprintf(stderr, "%s: no points\n", argv[2]), 2;
    const double dt = std::stod(argv[3]);
    const long count = points.size(), blocks = (count + block - 1) / block;
    points.resize(blocks * block, points.back()); // the last block is filled with the last point
    std::vector<Row> rows(points.size());

    long steps = 0;
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
#pragma omp parallel for num_threads(std::stoi(argv[4])) schedule(dynamic) reduction(+ : steps)
    for (long b = 0; b < blocks; b++) steps += block * run(&points[b * block], &rows[b * block], dt);
    const double seconds = double(std::clock() - cpu) / CLOCKS_PER_SEC;
    std::printf("%.9f %.9f %ld\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), seconds, steps);

    FILE* file = std::fopen(argv[5], "wb");
    const bool written = file && std::fwrite(rows.data(), sizeof(Row), count, file) == size_t(count);
    return (file && std::fclose(file) == 0 && written) ? 0 : 1;
}
