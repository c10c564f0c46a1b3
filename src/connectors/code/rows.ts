import { checkOptions } from '../../planning/known-options.ts'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import { userPlace } from '../../domain/user-code.ts'
import type { Source } from '../../ports/source.ts'
import { anyRow, isObject } from '../record.ts'
import type { Entry, FileFormat, FilePlace } from '../row-files/file-records.ts'
import { rowsSource } from '../row-files/rows-source.ts'
import { weight } from '../tables/plain-values.ts'

/** Where a reading begins, and until when it goes on. */
export interface ReadFrom {
  /** So many rows have been read before; a `read` that `seeks` leaves them out itself. */
  readonly skip: number
}

/** A function that gives the rows, the same ones in the same order whenever nothing has changed. */
export type ReadRows<Given> = (from: ReadFrom) => AsyncIterable<Given> | Iterable<Given>

/** Options of `rows`. */
export interface CodeRowsOptions {
  /** The fields that identify a row; unique together. Texts, numbers, booleans or dates: `id: String(doc._id)`. */
  readonly key: string | readonly string[]
  /** What people read of where the rows come from; `rows of the job` when left out. */
  readonly name?: string
  /** How many rows there are, where that is known without reading them; they are counted by reading when left out. */
  readonly count?: () => number | Promise<number>
  /**
   * Whether `read` begins behind `skip` rows itself (`offset`, a cursor). Else all are read from the first one, and those
   * before are passed over.
   */
  readonly seeks?: boolean
}

const blockRows = 256
const blockWeight = 500_000

/**
 * Rows that the project's own code gives: a generator over a document store, a service or an ORM. It is called anew for a
 * plan, for a run, and when a run goes on after an interruption; what is open is closed by `finally` in it, which runs
 * also where reading ends early. A row is a plain object; one that is not, or has no usable key, is a problem record.
 *
 * Reading throws E_SOURCE_QUERY with the place where the code threw.
 */
export function rows<Row>(
  read: ReadRows<unknown>,
  options: CodeRowsOptions & { readonly row: StandardSchema<unknown, Row> },
): Source<Row>
export function rows<Given extends Record<string, unknown>>(
  read: ReadRows<Given>,
  options: CodeRowsOptions,
): Source<Given>
export function rows(
  read: ReadRows<unknown>,
  options: CodeRowsOptions & { readonly row?: StandardSchema<unknown, unknown> },
): Source<unknown> {
  checkOptions('rows', options, {
    key: 'checked',
    row: 'optional',
    name: 'optional',
    count: 'optional',
    seeks: 'optional',
  })
  const { name = 'rows of the job', key, row = anyRow } = options
  return rowsSource<unknown>({
    kind: 'rows',
    describe: name,
    key,
    async open(_context, keys, limit) {
      const { fileReader } = await import('../row-files/file-reader.ts')
      return fileReader(formatOf(read, options, name), { file: name, key: keys, row, limit })
    },
  })
}

interface Given extends Entry {
  readonly value: unknown
  /** Why it cannot be looked at: a getter of it throws. */
  readonly fault: string | null
}

function formatOf(read: ReadRows<unknown>, options: CodeRowsOptions, name: string): FileFormat<Given> {
  const { count, seeks = false } = options
  const asOwn = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (thrown) {
      throw failure(thrown, name)
    }
  }
  return {
    unit: 'row',
    // Nobody can tell from outside whether the rows have changed: who gives them promises their order.
    mark: () => Promise.resolve('rows'),
    entries: (from) => entries(read, from, seeks, name),
    value: ({ value, fault }) =>
      fault !== null
        ? `cannot be read: ${fault}`
        : isObject(value)
          ? value
          : `is ${value === null ? 'null' : `a ${typeof value}`} and no object`,
    ...(count && { count: () => asOwn(async () => await count()) }),
  }
}

async function* entries(
  read: ReadRows<unknown>,
  from: FilePlace | null,
  seeks: boolean,
  name: string,
): AsyncGenerator<readonly Given[], void> {
  const skip = from?.offset ?? 0
  let number = seeks ? skip : 0
  let block: Given[] = []
  let bytes = 0
  try {
    for await (const value of read({ skip: seeks ? skip : 0 })) {
      number += 1
      if (number <= skip) continue
      const { weighs, fault } = weighed(value)
      block.push({ number, bytes: weighs, next: { offset: number, number: number + 1 }, value, fault })
      bytes += weighs
      if (block.length < blockRows && bytes < blockWeight) continue
      yield block
      ;[block, bytes] = [[], 0]
    }
  } catch (thrown) {
    throw failure(thrown, name)
  }
  if (block.length > 0) yield block
}

/** Goes through all of a row: what throws there is of this row, and not of the code that gives rows. */
function weighed(value: unknown): { readonly weighs: number; readonly fault: string | null } {
  try {
    return { weighs: weight(value), fault: null }
  } catch (thrown) {
    return { weighs: 16, fault: messageOf(thrown) }
  }
}

function failure(thrown: unknown, name: string): OffpeakError {
  if (thrown instanceof OffpeakError) return thrown
  const place = userPlace(thrown)
  return new OffpeakError('E_SOURCE_QUERY', `the rows cannot be read: ${messageOf(thrown)}`, {
    where: place ?? name,
    fix: 'fix it in the function that gives the rows',
    cause: thrown,
  })
}
