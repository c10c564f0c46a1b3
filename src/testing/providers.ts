import { batchLaws, probeLaws } from './provider/call-laws.ts'
import { connect, nowhere } from './provider/connected.ts'
import { faultLaws } from './provider/fault-laws.ts'
import type { ProviderKit } from './provider/kit.ts'
import { answersAtOnce, realtimeLaws } from './provider/realtime-laws.ts'
import { wireLaws } from './provider/wire-laws.ts'
import type { Runner } from './runner.ts'

/**
 * The suite of every provider: its language, its calls, and its reply when something fails. One whose limits say that
 * it has no batches is not asked for any, and one without a call that answers at once not for that.
 */
export function describeProvider(runner: Runner, kit: ProviderKit): void {
  const { hasBatches = true } = connect(kit, nowhere).provider.limits
  runner.describe(`the language of ${kit.name}`, () => wireLaws(runner, kit))
  runner.describe(`the calls of ${kit.name}`, () => {
    probeLaws(runner, kit)
    if (hasBatches) batchLaws(runner, kit)
  })
  if (hasBatches) runner.describe(`what ${kit.name} says when something fails`, () => faultLaws(runner, kit))
  if (answersAtOnce(kit)) runner.describe(`what ${kit.name} answers at once`, () => realtimeLaws(runner, kit))
}
