// Which way a crank, wheel or roller turns, from the levels of one or two sensor pins.
//
// No ESPHome in here: the tests of ftms-bridge compile this file on a computer and feed it edges.
// Times are 32-bit counters that roll over (micros() after 71 minutes, millis() after 49 days), so
// only differences of times are ever compared.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

namespace direction {

constexpr uint8_t PIN_A = 1;  // bits of `levels`: set while that sensor sees a magnet or a mark
constexpr uint8_t PIN_B = 2;

struct Edge {
  uint8_t levels;
  uint32_t at_us;
};

// From the interrupt (one writer) to the loop (one reader), without locks.
class EdgeQueue {
 public:
  // inlined, so that the interrupt routine calls nothing
  __attribute__((always_inline)) void push(uint8_t levels, uint32_t at_us) {
    const uint8_t head = this->head_.load(std::memory_order_relaxed);
    const uint8_t next = (head + 1) % SIZE;
    if (next == this->tail_.load(std::memory_order_acquire)) {
      this->overflow_.store(true, std::memory_order_release);
      return;
    }
    this->edges_[head].levels = levels;
    this->edges_[head].at_us = at_us;
    this->head_.store(next, std::memory_order_release);
  }

  bool pop(Edge *edge) {
    const uint8_t tail = this->tail_.load(std::memory_order_relaxed);
    if (tail == this->head_.load(std::memory_order_acquire))
      return false;
    *edge = this->edges_[tail];
    this->tail_.store((tail + 1) % SIZE, std::memory_order_release);
    return true;
  }

  // True once after edges were dropped: what is left in the queue has a hole.
  bool take_overflow() { return this->overflow_.exchange(false, std::memory_order_acq_rel); }

 private:
  static constexpr uint8_t SIZE = 128;
  std::array<Edge, SIZE> edges_{};
  std::atomic<uint8_t> head_{0};
  std::atomic<uint8_t> tail_{0};
  std::atomic<bool> overflow_{false};
};

// One magnet gone by: +1 from A to B, -1 from B to A, 0 nothing to say.
struct Step {
  int8_t way{0};
  uint32_t period_us{0};  // since the step before, the same way; 0: not known
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual Step edge(uint8_t levels, uint32_t at_us) = 0;
  virtual Step tick(uint32_t now_us) { return {}; }
  virtual void stopped() = 0;  // forget the timing, it would be wrong after a pause
  virtual void lost() = 0;     // edges are missing: believe nothing that began before
  virtual uint16_t lonely() const { return 0; }  // passes in a row that only one sensor saw
};

// Two sensors so close together that a magnet is seen by both for a moment. A pass in full is
// nothing - A - A and B - B - nothing, and backward the other way round. Contacts that bounce and a
// magnet that turns round half-way go back the way they came and cancel out; a missed edge makes
// the pass void. So a step is right, or it is not given.
class PairDecoder : public Decoder {
 public:
  Step edge(uint8_t levels, uint32_t at_us) override {
    static constexpr int8_t PHASE[4] = {0, 1, 3, 2};  // by levels: none, A, B, A and B
    const int8_t phase = PHASE[levels & 3];
    const uint8_t turn = this->phase_ == UNKNOWN ? 0 : (phase - this->phase_) & 3;
    this->phase_ = phase;
    this->seen_ |= levels;
    // two quarters at once: an edge was missed; what is left cannot add up to four
    if (turn == 1)
      this->quarters_++;
    else if (turn == 3)
      this->quarters_--;
    return phase == 0 && turn != 0 ? this->end_pass_(at_us) : Step{};
  }

  void stopped() override { this->last_way_ = 0; }

  void lost() override {
    this->phase_ = UNKNOWN;
    this->begin_pass_();
    this->last_way_ = 0;
  }

  uint16_t lonely() const override { return this->lonely_; }

 private:
  static constexpr int8_t UNKNOWN = -1;

  void begin_pass_() {
    this->quarters_ = 0;
    this->seen_ = 0;
  }

  Step end_pass_(uint32_t at_us) {
    const int8_t way = this->quarters_ / 4;
    const bool one_sensor = this->seen_ == PIN_A || this->seen_ == PIN_B;
    this->begin_pass_();
    if (way == 0) {
      this->lonely_ += one_sensor && this->lonely_ < UINT16_MAX ? 1 : 0;
      return {};
    }
    const uint32_t period_us = way == this->last_way_ ? at_us - this->last_at_us_ : 0;
    this->last_way_ = way;
    this->last_at_us_ = at_us;
    this->lonely_ = 0;
    return {way, period_us};
  }

  int8_t phase_{UNKNOWN};
  int8_t quarters_{0};
  uint8_t seen_{0};
  int8_t last_way_{0};
  uint32_t last_at_us_{0};
  uint16_t lonely_{0};
};

// One wire of an e-bike pedal sensor: high for more than half of each period one way, for less than
// half the other way. A single period can be bent by a change of speed or by a stop, so a step
// needs three of about the same length in a row that agree.
class SingleWireDecoder : public Decoder {
 public:
  explicit SingleWireDecoder(int32_t glitch_us) : glitch_us_(glitch_us) {}

  Step edge(uint8_t levels, uint32_t at_us) override {
    const Step step = this->tick(at_us);
    const bool level = (levels & PIN_A) != 0;
    if (level != this->raw_) {
      this->raw_ = level;
      this->raw_at_us_ = at_us;
    }
    return step;
  }

  // A level counts once it has lasted; its edge then counts from when it came. That can be a little
  // after `now_us`, which was read before the edges: hence the sign.
  Step tick(uint32_t now_us) override {
    const auto lasted_us = static_cast<int32_t>(now_us - this->raw_at_us_);
    if (this->raw_ == this->level_ || lasted_us < this->glitch_us_)
      return {};
    this->level_ = this->raw_;
    return this->level_ ? this->rise_(this->raw_at_us_) : this->fall_(this->raw_at_us_);
  }

  void stopped() override {
    this->risen_ = false;
    this->fallen_ = false;
    this->agreeing_ = 0;
    this->last_period_us_ = 0;
  }

  void lost() override { this->stopped(); }

 private:
  static constexpr uint8_t ENOUGH = 3;
  static constexpr uint8_t MORE_PERCENT = 55;  // between the two nothing is said
  static constexpr uint8_t LESS_PERCENT = 45;

  Step fall_(uint32_t at_us) {
    this->fallen_ = true;
    this->high_us_ = at_us - this->rise_at_us_;
    return {};
  }

  Step rise_(uint32_t at_us) {
    const uint32_t period_us = at_us - this->rise_at_us_;
    const bool complete = this->risen_ && this->fallen_;
    this->risen_ = true;
    this->fallen_ = false;
    this->rise_at_us_ = at_us;
    return complete ? this->judge_(period_us) : Step{};
  }

  Step judge_(uint32_t period_us) {
    const uint64_t percent = uint64_t(this->high_us_) * 100 / period_us;
    const int8_t way = percent >= MORE_PERCENT ? 1 : percent <= LESS_PERCENT ? -1 : 0;
    const uint64_t last_us = this->last_period_us_;
    const bool alike = period_us <= 2 * last_us && last_us <= 2 * uint64_t(period_us);
    const bool agrees = way == this->way_ && alike;
    this->agreeing_ = way == 0 ? 0 : agrees ? std::min<uint8_t>(this->agreeing_ + 1, ENOUGH) : 1;
    this->way_ = way;
    this->last_period_us_ = period_us;
    return this->agreeing_ >= ENOUGH ? Step{way, period_us} : Step{};
  }

  const int32_t glitch_us_;
  bool raw_{false};
  bool level_{false};
  uint32_t raw_at_us_{0};
  bool risen_{false};
  bool fallen_{false};
  uint32_t rise_at_us_{0};
  uint32_t high_us_{0};
  int8_t way_{0};
  uint32_t last_period_us_{0};
  uint8_t agreeing_{0};
};

// Steps in, signed revolutions per minute out, when it is time to publish.
class SignedRpm {
 public:
  SignedRpm(uint16_t steps_per_turn, uint32_t stop_after_ms, uint32_t now_ms)
      : steps_per_turn_(steps_per_turn),
        stop_after_ms_(stop_after_ms),
        limit_ms_(stop_after_ms),
        last_step_ms_(now_ms),
        last_publish_ms_(now_ms) {}

  void step(const Step &step, uint32_t now_ms) {
    // until two steps have shown the speed, 1 says no more than the way
    this->rpm_ = step.period_us == 0 ? 1.0f : 60e6f / step.period_us / this->steps_per_turn_;
    this->way_ = step.way;
    this->limit_ms_ = this->stop_after_ms_;
    if (step.period_us != 0)
      this->limit_ms_ = std::clamp(step.period_us / 1000 * 3, SOONEST_STOP_MS, this->stop_after_ms_);
    this->last_step_ms_ = now_ms;
    this->moving_ = true;
    this->fresh_ = true;
  }

  // True once when no step came for too long.
  bool stops(uint32_t now_ms) {
    if (!this->moving_ || now_ms - this->last_step_ms_ < this->limit_ms_)
      return false;
    this->moving_ = false;
    this->way_ = 0;
    this->fresh_ = true;
    return true;
  }

  bool due(uint32_t now_ms, float *value) {
    const uint32_t since_ms = now_ms - this->last_publish_ms_;
    const bool repeat = this->way_ != 0 && since_ms >= REPEAT_MS;
    if (!(this->fresh_ && since_ms >= PACE_MS) && !repeat)
      return false;
    this->fresh_ = false;
    this->last_publish_ms_ = now_ms;
    *value = this->way_ == 0 ? 0.0f : this->way_ * this->at_most_(now_ms);
    return true;
  }

 private:
  static constexpr uint32_t PACE_MS = 250;    // no more than four values per second
  static constexpr uint32_t REPEAT_MS = 900;  // at least one per second while it turns
  static constexpr uint32_t SOONEST_STOP_MS = 500;
  static constexpr float LEAST_RPM = 0.1f;  // turning is never published as 0

  // The longer the next step is overdue, the slower it must be.
  float at_most_(uint32_t now_ms) const {
    const uint32_t waited_ms = std::max<uint32_t>(now_ms - this->last_step_ms_, 1);
    const float rpm = std::min(this->rpm_, 60e3f / waited_ms / this->steps_per_turn_);
    return std::max(rpm, LEAST_RPM);
  }

  const uint16_t steps_per_turn_;
  const uint32_t stop_after_ms_;
  uint32_t limit_ms_;
  uint32_t last_step_ms_;
  uint32_t last_publish_ms_;
  bool moving_{true};  // until the first pause shows that it is not
  bool fresh_{false};
  int8_t way_{0};
  float rpm_{0};
};

// The whole way from an edge to a value.
class Gauge {
 public:
  Gauge(Decoder *decoder, bool invert, const SignedRpm &rpm)
      : decoder_(decoder), invert_(invert), rpm_(rpm) {}

  __attribute__((always_inline)) void edge(uint8_t levels, uint32_t at_us) {
    this->queue_.push(levels, at_us);
  }

  // Call in every turn of the loop; true when `value` is to be published.
  bool poll(uint32_t now_us, uint32_t now_ms, float *value) {
    Edge edge;
    const bool hole = this->queue_.take_overflow();
    while (this->queue_.pop(&edge)) {
      if (!hole)
        this->take_(this->decoder_->edge(edge.levels, edge.at_us), now_ms);
    }
    if (hole)
      this->decoder_->lost();
    this->take_(this->decoder_->tick(now_us), now_ms);
    if (this->rpm_.stops(now_ms))
      this->decoder_->stopped();
    return this->rpm_.due(now_ms, value);
  }

 private:
  void take_(Step step, uint32_t now_ms) {
    if (step.way == 0)
      return;
    if (this->invert_)
      step.way = -step.way;
    this->rpm_.step(step, now_ms);
  }

  Decoder *decoder_;
  const bool invert_;
  EdgeQueue queue_;
  SignedRpm rpm_;
};

}  // namespace direction
