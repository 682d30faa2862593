"""The options of the `direction_sensor` platform, and the C++ that is made from them."""

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome import pins
from esphome.components import sensor
from esphome.const import CONF_PIN_A, CONF_PIN_B, CONF_TYPE, STATE_CLASS_MEASUREMENT

PAIR = "pair"
SINGLE_WIRE = "single_wire"

CONF_MAGNETS = "magnets"
CONF_INVERT = "invert"
CONF_STOP_AFTER = "stop_after"
CONF_GLITCH = "glitch"

DirectionSensor = cg.esphome_ns.namespace("direction_sensor").class_(
    "DirectionSensor", sensor.Sensor, cg.Component
)

STOP_AFTER = cv.All(
    cv.positive_time_period_milliseconds,
    cv.Range(min=cv.TimePeriod(milliseconds=500), max=cv.TimePeriod(seconds=10)),
)

CONFIG_SCHEMA = (
    sensor.sensor_schema(
        DirectionSensor,
        unit_of_measurement="rpm",
        icon="mdi:rotate-right",
        accuracy_decimals=1,
        state_class=STATE_CLASS_MEASUREMENT,
    )
    .extend(
        {
            cv.Required(CONF_TYPE): cv.one_of(PAIR, SINGLE_WIRE, lower=True),
            cv.Required(CONF_PIN_A): pins.internal_gpio_input_pin_schema,
            # single_wire leaves it alone, so that one word switches between the two
            cv.Required(CONF_PIN_B): pins.internal_gpio_input_pin_schema,
            cv.Required(CONF_MAGNETS): cv.int_range(min=1, max=100),
            cv.Optional(CONF_INVERT, default=False): cv.boolean,
            cv.Optional(CONF_STOP_AFTER, default="2s"): STOP_AFTER,
            cv.Optional(CONF_GLITCH, default="1ms"): cv.positive_time_period_microseconds,
        }
    )
    .extend(cv.COMPONENT_SCHEMA)
)


async def to_code(config):
    """Write the C++ that makes the sensor."""
    var = await sensor.new_sensor(config)
    await cg.register_component(var, config)
    cg.add(var.set_pin_a(await cg.gpio_pin_expression(config[CONF_PIN_A])))
    if config[CONF_TYPE] == PAIR:
        cg.add(var.set_pin_b(await cg.gpio_pin_expression(config[CONF_PIN_B])))
    cg.add(var.set_magnets(config[CONF_MAGNETS]))
    cg.add(var.set_invert(config[CONF_INVERT]))
    cg.add(var.set_stop_after(config[CONF_STOP_AFTER].total_milliseconds))
    cg.add(var.set_glitch(config[CONF_GLITCH].total_microseconds))
