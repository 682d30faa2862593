// The pins, interrupts and clock of ESPHome around direction.h, where all the deciding is done.
#pragma once

#include "direction.h"
#include "esphome/components/sensor/sensor.h"
#include "esphome/core/component.h"
#include "esphome/core/hal.h"

namespace esphome::direction_sensor {

class DirectionSensor : public sensor::Sensor, public Component {
 public:
  void set_pin_a(InternalGPIOPin *pin) { this->pin_a_ = pin; }
  void set_pin_b(InternalGPIOPin *pin) { this->pin_b_ = pin; }
  void set_magnets(uint16_t magnets) { this->magnets_ = magnets; }
  void set_invert(bool invert) { this->invert_ = invert; }
  void set_stop_after(uint32_t stop_after_ms) { this->stop_after_ms_ = stop_after_ms; }
  void set_glitch(uint32_t glitch_us) { this->glitch_us_ = glitch_us; }

  void setup() override;
  void loop() override;
  void dump_config() override;
  float get_setup_priority() const override { return setup_priority::DATA; }

 protected:
  static void on_edge(DirectionSensor *sensor);
  uint8_t read_levels_();
  void say_if_one_sensor_is_blind_();

  InternalGPIOPin *pin_a_{nullptr};
  InternalGPIOPin *pin_b_{nullptr};  // stays null with one wire
  ISRInternalGPIOPin isr_a_;
  ISRInternalGPIOPin isr_b_;
  bool pair_{false};
  uint16_t magnets_{1};
  bool invert_{false};
  uint32_t stop_after_ms_{2000};
  uint32_t glitch_us_{1000};
  volatile uint8_t last_levels_{0};
  bool said_{false};
  direction::Decoder *decoder_{nullptr};
  direction::Gauge *gauge_{nullptr};
};

}  // namespace esphome::direction_sensor
