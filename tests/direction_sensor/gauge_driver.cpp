// Feeds direction.h from standard input, as the component does on an ESP32.
//   first line: pair|single_wire MAGNETS INVERT STOP_AFTER_MS START_US
//   then: e TIME_US LEVELS (an edge) or p TIME_US (a turn of the loop); out: TIME_US VALUE
#include "direction.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>

int main() {
  char type[16];
  unsigned magnets, invert, stop_after_ms;
  uint64_t now_us;
  if (std::scanf("%15s %u %u %u %" SCNu64, type, &magnets, &invert, &stop_after_ms, &now_us) != 5)
    return 2;
  direction::PairDecoder pair;
  direction::SingleWireDecoder single_wire(1000);
  direction::Decoder *decoder = &pair;
  if (std::strcmp(type, "single_wire") == 0)
    decoder = &single_wire;
  const direction::SignedRpm rpm(magnets, stop_after_ms, static_cast<uint32_t>(now_us / 1000));
  static direction::Gauge gauge(decoder, invert != 0, rpm);

  char kind;
  unsigned levels;
  float value;
  while (std::scanf(" %c %" SCNu64, &kind, &now_us) == 2) {
    const auto us = static_cast<uint32_t>(now_us);
    const auto ms = static_cast<uint32_t>(now_us / 1000);
    if (kind == 'e' && std::scanf("%u", &levels) == 1)
      gauge.edge(levels, us);
    else if (kind == 'p' && gauge.poll(us, ms, &value))
      std::printf("%" PRIu64 " %.1f\n", now_us, value);
  }
  std::fprintf(stderr, "lonely %u\n", decoder->lonely());
  return 0;
}
