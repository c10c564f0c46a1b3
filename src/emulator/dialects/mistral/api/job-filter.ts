import { isObject, parseJson } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import { invalid } from '../errors.ts'
import { detailsOf } from '../details.ts'
import type { MistralCall } from './call.ts'
import { statuses } from './view.ts'

/** Every other name of a query is one of the metadata: so @mistralai/mistralai 2.7 writes its filter. */
const ownNames: ReadonlySet<string> = new Set([
  'agent_id',
  'created_after',
  'created_by_me',
  'metadata',
  'model',
  'order_by',
  'page',
  'page_size',
  'status',
])

/** The jobs that a list call asks for, in the order that it asks for: newest first without a wish. */
export function chosenJobs(
  { query, maker }: MistralCall,
  jobs: readonly BatchRecord[],
): readonly BatchRecord[] {
  const order = query.get('order_by') ?? '-created'
  if (order !== 'created' && order !== '-created')
    throw wrongQuery('enum', 'order_by', "Input should be 'created' or '-created'", order)
  const known = new Set(Object.values(statuses))
  const wanted = query.getAll('status')
  const unknown = wanted.find((status) => !known.has(status))
  if (unknown !== undefined)
    throw wrongQuery('enum', 'status', `Input should be one of ${[...known].join(', ')}`, unknown)
  const afterMs = readTime(query.get('created_after'))
  const model = query.get('model')
  const mine = query.get('created_by_me') === 'true'
  const metadata = readMetadata(query)
  const chosen = jobs.filter(
    (job) =>
      job.createdAtMs > afterMs &&
      (model === null || detailsOf(job).model === model) &&
      (wanted.length === 0 || wanted.includes(statuses[job.status])) &&
      (!mine || job.maker.key === maker.key) &&
      metadata.every(([key, value]) => job.metadata?.[key] === value),
  )
  return order === 'created' ? chosen : chosen.toReversed()
}

function readTime(text: string | null): number {
  if (text === null || text === '') return -Infinity
  const ms = Date.parse(text)
  if (Number.isNaN(ms))
    throw wrongQuery('datetime_from_date_parsing', 'created_after', 'Input should be a valid datetime', text)
  return ms
}

/** `metadata={"a":"b"}`, or each pair as a parameter of its own. */
function readMetadata(query: URLSearchParams): readonly (readonly [string, unknown])[] {
  const text = query.get('metadata')
  const parsed = text === null ? {} : parseJson(text)
  if (!isObject(parsed)) throw wrongQuery('dict_type', 'metadata', 'Input should be a valid dictionary', text)
  return [...Object.entries(parsed), ...[...query].filter(([name]) => !ownNames.has(name))]
}

function wrongQuery(type: string, name: string, msg: string, input: string | null): Error {
  return invalid({ type, loc: ['query', name], msg, input })
}
