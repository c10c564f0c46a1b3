import { type Column, Table } from '../../design/tables/table.tsx'
import type { ProblemCode } from './api-document.ts'
import styles from './route-group.module.css'

/** Every code of a refusal, with its status and who can mend it. */
export function ProblemCodes({ problems }: { readonly problems: readonly ProblemCode[] }) {
  if (problems.length === 0) return null
  return (
    <section aria-labelledby="problems">
      <h2 id="problems" className={styles['tag']}>
        Problems
      </h2>
      <Table caption="Codes of refusals" columns={columns} rows={problems} rowKey={({ code }) => code} />
    </section>
  )
}

const who: Readonly<Record<string, string>> = {
  user: 'you: the request, the job, its data or a key',
  provider: 'the provider refused, or is away',
  machine: 'the machine: its disk, database or network',
  bug: 'us: it is a bug',
}

const columns: readonly Column<ProblemCode>[] = [
  { id: 'code', title: 'code', cell: ({ code }) => <code>{code}</code> },
  { id: 'status', title: 'status', align: 'right', cell: ({ status }) => status },
  { id: 'exit', title: 'exit code of the CLI', align: 'right', hide: 'narrow', cell: ({ exit }) => exit },
  { id: 'who', title: 'who can fix it', grow: true, cell: (problem) => who[problem.who] ?? problem.who },
]
