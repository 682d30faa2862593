#include "direction_sensor.h"

#include "esphome/core/helpers.h"
#include "esphome/core/log.h"

namespace esphome::direction_sensor {

static const char *const TAG = "direction_sensor";
static const uint16_t LONELY_PASSES = 8;

void DirectionSensor::setup() {
  this->pair_ = this->pin_b_ != nullptr;
  this->pin_a_->setup();
  this->isr_a_ = this->pin_a_->to_isr();
  if (this->pair_) {
    this->pin_b_->setup();
    this->isr_b_ = this->pin_b_->to_isr();
    this->decoder_ = new direction::PairDecoder();
  } else {
    this->decoder_ = new direction::SingleWireDecoder(this->glitch_us_);
  }
  const direction::SignedRpm rpm(this->magnets_, this->stop_after_ms_, millis());
  this->gauge_ = new direction::Gauge(this->decoder_, this->invert_, rpm);

  this->last_levels_ = this->read_levels_();
  this->gauge_->edge(this->last_levels_, micros());
  this->pin_a_->attach_interrupt(&DirectionSensor::on_edge, this, gpio::INTERRUPT_ANY_EDGE);
  if (this->pair_)
    this->pin_b_->attach_interrupt(&DirectionSensor::on_edge, this, gpio::INTERRUPT_ANY_EDGE);
}

void IRAM_ATTR DirectionSensor::on_edge(DirectionSensor *sensor) {
  const uint32_t now_us = micros();
  uint8_t levels = sensor->isr_a_.digital_read() ? direction::PIN_A : 0;
  if (sensor->pair_ && sensor->isr_b_.digital_read())
    levels |= direction::PIN_B;
  sensor->last_levels_ = levels;
  sensor->gauge_->edge(levels, now_us);
}

void DirectionSensor::loop() {
  {
    // a slow edge can escape the interrupt; then the loop sees it
    InterruptLock lock;
    if (this->read_levels_() != this->last_levels_)
      DirectionSensor::on_edge(this);
  }
  float value;
  if (this->gauge_->poll(micros(), millis(), &value))
    this->publish_state(value);
  this->say_if_one_sensor_is_blind_();
}

uint8_t DirectionSensor::read_levels_() {
  uint8_t levels = this->pin_a_->digital_read() ? direction::PIN_A : 0;
  if (this->pair_ && this->pin_b_->digital_read())
    levels |= direction::PIN_B;
  return levels;
}

void DirectionSensor::say_if_one_sensor_is_blind_() {
  const bool blind = this->decoder_->lonely() >= LONELY_PASSES;
  if (blind && !this->said_) {
    ESP_LOGW(TAG, "Magnets pass one sensor but never both at once: move the sensors closer together, "
                  "and check the wire of the other one");
  }
  this->said_ = blind;
}

void DirectionSensor::dump_config() {
  LOG_SENSOR("", "Direction sensor", this);
  LOG_PIN("  Pin A: ", this->pin_a_);
  if (this->pair_)
    LOG_PIN("  Pin B: ", this->pin_b_);
  ESP_LOGCONFIG(TAG, "  Magnets per turn: %u, inverted: %s, stopped after %u ms", (unsigned) this->magnets_,
                YESNO(this->invert_), (unsigned) this->stop_after_ms_);
}

}  // namespace esphome::direction_sensor
