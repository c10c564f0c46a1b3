import { Refusal } from '../errors.ts'
import { type Json, type JsonObject, shown, ownValue } from '../json.ts'
import type { ScenarioDefinition, ScenarioOption } from './definition.ts'

/** All options of a scenario, those that were not given with what they are then. Throws a 400 that names what is wrong. */
export function readOptions(definition: ScenarioDefinition, given: JsonObject): JsonObject {
  const { name, options = {} } = definition
  const unknownField = Object.keys(given).find((key) => !Object.hasOwn(options, key))
  if (unknownField !== undefined) {
    const known = Object.keys(options)
    throw wrong(
      known.length === 0
        ? `Scenario '${name}' has no options, so none called '${unknownField}'.`
        : `Unknown option '${unknownField}' of scenario '${name}'. Known: ${known.join(', ')}.`,
    )
  }
  return Object.fromEntries(
    Object.entries(options).map(([key, option]) => {
      const value = ownValue(given, key)
      return [
        key,
        value === undefined ? option.fallback : readOption(`'${key}' of scenario '${name}'`, option, value),
      ]
    }),
  )
}

function readOption(what: string, option: ScenarioOption, value: Json): Json {
  switch (option.kind) {
    case 'number':
      if (value === null || typeof value === 'number') return value
      throw wrong(`${what} must be a number, or null for without end, not '${shown(value)}'.`)
    case 'text':
      if (value === null || typeof value === 'string') return value
      throw wrong(`${what} must be a text, not '${shown(value)}'.`)
    case 'choice': {
      // A status may be written as the number that it is.
      const word = typeof value === 'number' ? String(value) : value
      if (typeof word === 'string' && option.of.includes(word)) return word
      throw wrong(`${what} must be one of ${option.of.join(', ')}, not '${shown(value)}'.`)
    }
    default:
      return option satisfies never
  }
}

/** A value as it is written on the command line. */
export function optionFromText(option: ScenarioOption | undefined, text: string): Json {
  if (option?.kind === 'number') {
    if (text === 'always') return null
    const number = Number(text)
    return text.trim() === '' || Number.isNaN(number) ? text : number
  }
  return text
}

function wrong(message: string): Refusal {
  return new Refusal(400, { message, code: 'invalid_fault_rule' })
}
