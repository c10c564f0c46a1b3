import { isDeepStrictEqual } from 'node:util'
import { type Figure, type How, none } from '../figure.ts'
import { estimates } from './estimates.ts'
import { malformedAnswers } from './malformed-answers.ts'

/** Measures that a seed decides wholly: nothing in them depends on which of two things is first. */
const decided: readonly ((how: How) => Promise<readonly Figure[]>)[] = [
  estimates,
  (how) => malformedAnswers(how, 5_000),
]

/** The same seeds once more: what comes out otherwise cannot be played again when it is wrong. */
export async function repeats({ size, seed }: How): Promise<readonly Figure[]> {
  const seeds = Array.from({ length: size === 'full' ? 20 : 1 }, (_seed, index) => seed + index)
  let different = 0
  for (const each of seeds)
    for (const take of decided) {
      const how = { size: 'quick', seed: each } as const
      if (!isDeepStrictEqual(await take(how), await take(how))) different += 1
    }
  return [
    none(
      32,
      'seeds that give other figures the second time',
      different,
      seeds.length * decided.length,
      'repetitions',
      {
        seed,
        asked: 20,
      },
    ),
  ]
}
