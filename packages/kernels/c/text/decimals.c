#include "target/target.h"

/* Powers of ten that a float64 holds exactly. */
static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { LARGEST_POWER = 22, MOST_DIGITS = 19 };

#define BYTES(x) (0x0101010101010101u * (x))

/* Eight ASCII characters, the first in the lowest byte: whether all are digits, which have 3 in the upper
   half and stay there when 6 is added. */
INLINE int eight_digits(uint64_t text) {
  return (text & (text + BYTES(6)) & BYTES(0xf0)) == BYTES(0x30) && ((text | (text + BYTES(6))) & BYTES(0xf0)) == BYTES(0x30);
}

/* Their number: pairs, then fours, then all. */
INLINE uint64_t number_of_eight(uint64_t text) {
  text &= BYTES(0x0f);
  text = (text * 10 + (text >> 8)) & 0x00ff00ff00ff00ffu;
  text = (text * 100 + (text >> 16)) & 0x0000ffff0000ffffu;
  return (text * 10000 + (text >> 32)) & 0xffffffffu;
}

/* Reads digits onto `number`, which wraps around where there are too many; returns where they end. */
INLINE const uint8_t *read_digits(const uint8_t *at, uint64_t *number) {
  uint64_t text;
  while (__builtin_memcpy(&text, at, 8), eight_digits(text)) *number = *number * 100000000 + number_of_eight(text), at += 8;
  for (; (uint8_t)(*at - '0') < 10; at++) *number = *number * 10 + (uint64_t)(*at - '0');
  return at;
}

INLINE const uint8_t *skip_space(const uint8_t *at) {
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
  return at;
}

/* One JSON number, rounded to float64 and then to float32. Returns where it ends; 0 where there is none, or
   where plain arithmetic cannot be sure of it. */
INLINE const uint8_t *read_decimal(const uint8_t *at, float *to) {
  const int negative = *at == '-';
  const uint8_t *const whole = at += negative;
  uint64_t number = 0;
  at = read_digits(at, &number);
  int digits = (int)(at - whole), exponent = 0;
  if (digits == 0 || (*whole == '0' && digits > 1)) return 0;
  if (*at == '.') {
    const uint8_t *const fraction = ++at;
    at = read_digits(at, &number);
    exponent = (int)(fraction - at);
    if (exponent == 0) return 0;
    digits -= exponent;
  }
  if ((*at | 32) == 'e') {
    at++;
    const int down = *at == '-';
    if (down || *at == '+') at++;
    const uint8_t *const order = at;
    uint64_t power = 0;
    at = read_digits(at, &power);
    if (at == order || at > order + 3) return 0;
    exponent += down ? -(int)power : (int)power;
  }
  if (digits > MOST_DIGITS || exponent < -LARGEST_POWER || exponent > LARGEST_POWER) return 0;
  /* Rounded once where the number is below 2^53 (Clinger 1990), else twice: then no border between two floats
     may be near. */
  const double rounded = (double)number, value = exponent < 0 ? rounded / POWERS[-exponent] : rounded * POWERS[exponent];
  if (number >> 53 && (float)(value * (1 - 0x1p-50)) != (float)(value * (1 + 0x1p-50))) return 0;
  const float result = (float)value;
  if (result > __FLT_MAX__) return 0;
  *to = negative ? -result : result;
  return at;
}

/* Reads numbers with commas between them from bytes[at[0]] on, at most `most`, and returns how many. at[0]
   moves behind the last of them, to a comma where more follows that is not read: one too many, one that
   `read_decimal` leaves, or no number. The text ends with another character than a digit. */
EXPORT int read_decimals(const uint8_t *bytes, int most, float *numbers, int32_t *at) {
  int count = 0;
  for (const uint8_t *next = skip_space(bytes + at[0]); count < most; next = skip_space(next + 1)) {
    next = read_decimal(next, numbers + count);
    if (!next) break;
    next = skip_space(next);
    at[0] = (int32_t)(next - bytes), count++;
    if (*next != ',') break;
  }
  return count;
}
