import { callLaws } from './provider/call-laws.ts'
import { faultLaws } from './provider/fault-laws.ts'
import type { ProviderKit } from './provider/kit.ts'
import { wireLaws } from './provider/wire-laws.ts'
import type { Runner } from './runner.ts'

/** Describes what every provider keeps: its language, its calls, and what it says when something fails. */
export function describeProvider(runner: Runner, kit: ProviderKit): void {
  runner.describe(`the language of ${kit.name}`, () => wireLaws(runner, kit))
  runner.describe(`the calls of ${kit.name}`, () => callLaws(runner, kit))
  runner.describe(`what ${kit.name} says when something fails`, () => faultLaws(runner, kit))
}
