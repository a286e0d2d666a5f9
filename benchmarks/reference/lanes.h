// A lane holds a number of one point (double) or of eight (Eight), so that the equations have one text.
#pragma once
#include <cmath>

inline double Lanes(double, const double* from, int) { return *from; }
inline bool Less(double a, double b) { return a < b; }
inline bool And(bool a, bool b) { return a & b; }
inline double Where(bool mask, double a, double b) { return mask ? a : b; }
inline bool Any(bool mask) { return mask; }
inline double Exp(double x) { return std::exp(x); }
inline double Abs(double x) { return std::fabs(x); }
inline double Lane(double x, int) { return x; }

#ifdef __AVX512DQ__
#include <immintrin.h>
using Eight = __m512d;

inline Eight Lanes(Eight, const double* from, int stride) {
    Eight lanes{};
    for (int i = 0; i < 8; i++) lanes[i] = from[i * stride];
    return lanes;
}
inline __mmask8 Less(Eight a, Eight b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
inline __mmask8 Less(Eight a, double b) { return Less(a, _mm512_set1_pd(b)); }
inline __mmask8 Less(double a, Eight b) { return Less(_mm512_set1_pd(a), b); }
inline __mmask8 And(__mmask8 a, __mmask8 b) { return a & b; }
inline Eight Where(__mmask8 mask, Eight a, Eight b) { return _mm512_mask_blend_pd(mask, b, a); }
inline Eight Where(__mmask8 mask, double a, Eight b) { return Where(mask, _mm512_set1_pd(a), b); }
inline bool Any(__mmask8 mask) { return mask != 0; }
inline Eight Abs(Eight x) { return _mm512_abs_pd(x); }
inline double Lane(Eight x, int i) { return x[i]; }

// exp(x) = 2^(k/16) exp(r), |r| <= ln(2)/32: sixteen powers in two registers, a polynomial of degree 6; 2 units in the last place.
inline Eight Exp(Eight x) {
    static const Eight low = {0x1p0, 0x1.0b5586cf9890fp0, 0x1.172b83c7d517bp0, 0x1.2387a6e756238p0,
                              0x1.306fe0a31b715p0, 0x1.3dea64c123422p0, 0x1.4bfdad5362a27p0, 0x1.5ab07dd485429p0};
    static const Eight high = {0x1.6a09e667f3bcdp0, 0x1.7a11473eb0187p0, 0x1.8ace5422aa0dbp0, 0x1.9c49182a3f090p0,
                               0x1.ae89f995ad3adp0, 0x1.c199bdd85529cp0, 0x1.d5818dcfba487p0, 0x1.ea4afa2a490dap0};
    const Eight k = _mm512_roundscale_pd(x * 0x1.71547652b82fep4, 0);
    Eight r = _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.62e42fefa0000p-5), x);
    r = _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.cf79abc9e3b3ap-44), r);
    const Eight power = _mm512_permutex2var_pd(low, _mm512_cvtpd_epi64(k), high);
    const Eight r2 = r * r;
    const Eight tail = (1.0 / 2 + r * (1.0 / 6)) + r2 * ((1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720));
    return _mm512_scalef_pd(power + power * (r + r2 * tail), k * (1.0 / 16));
}
#endif
