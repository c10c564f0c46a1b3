import { flagOf, type Search, textOf } from '../../shell/search.ts'

/** What is compared, and which of its records is looked at. */
export interface Compared {
  readonly job?: string | undefined
  readonly a?: string | undefined
  readonly b?: string | undefined
  readonly changed?: true | undefined
  readonly worse?: true | undefined
  readonly key?: string | undefined
}

/** What an address says of it. */
export function readCompared(search: Search): Compared {
  return {
    job: textOf(search['job']),
    a: textOf(search['a']),
    b: textOf(search['b']),
    changed: flagOf(search['changed']),
    worse: flagOf(search['worse']),
    key: textOf(search['key']),
  }
}
