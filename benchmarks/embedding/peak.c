/* int8 multiply-adds a second that one core does at best, out of registers: the ceiling of any int8 engine here.
 *
 * Prints the name of the instruction and the rate. Twelve independent sums hide the latency of each.
 */
#include <immintrin.h>
#include <stdio.h>
#include <time.h>

#define SUMS 12
#define TURNS 20000000L

#if defined(__AVX512VNNI__)
#define NAME "AVX-512 VNNI"
#define MACS 64
typedef __m512i vec;
static inline vec step(vec sum, vec a, vec b) { return _mm512_dpbusd_epi32(sum, a, b); }
static inline vec fill(int x) { return _mm512_set1_epi8((char)x); }
#elif defined(__AVXVNNI__)
#define NAME "AVX VNNI"
#define MACS 32
typedef __m256i vec;
static inline vec step(vec sum, vec a, vec b) { return _mm256_dpbusd_avx_epi32(sum, a, b); }
static inline vec fill(int x) { return _mm256_set1_epi8((char)x); }
#elif defined(__AVX2__)
#define NAME "AVX2"
#define MACS 32
typedef __m256i vec;
static inline vec step(vec sum, vec a, vec b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1)));
}
static inline vec fill(int x) { return _mm256_set1_epi8((char)x); }
#else
#error "no int8 instructions known here"
#endif

#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define DECLARE(i) vec sum##i = fill(i);
/* The empty statement keeps each sum in its register, and the compiler from adding up ahead. */
#define STEP(i) sum##i = step(sum##i, a, b); __asm__ volatile("" : "+v"(sum##i));

int main(void) {
    vec a = fill(3), b = fill(5);
    EACH(DECLARE)
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    for (long turn = 0; turn < TURNS; turn++) {
        EACH(STEP)
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    printf("%s\n%.6e\n", NAME, (double)TURNS * SUMS * MACS / seconds);
    return 0;
}
