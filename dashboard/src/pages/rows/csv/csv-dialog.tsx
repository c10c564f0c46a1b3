import { useEffect, useState } from 'react'
import { readRows } from '../../../api/rows.ts'
import { Button } from '../../../design/controls/button.tsx'
import { CliLine } from '../../../design/controls/cli-line.tsx'
import { Dialog } from '../../../design/controls/dialog.tsx'
import { CheckField } from '../../../design/controls/field.tsx'
import { Failure } from '../../../design/states/failure.tsx'
import { saveFile } from '../../../design/save-file.ts'
import { formatCount, plural } from '../../../../../src/wording/count.ts'
import { readForExport, type ReadForExport } from './read-for-export.ts'
import { listCommand } from '../rows-commands.ts'
import { rowsCsv } from './rows-csv.ts'
import type { RowsSearch } from '../rows-search.ts'

/** Reads what matches, and lets the browser keep it as CSV. */
export function CsvDialog({
  run,
  search,
  total,
  onClose,
}: {
  readonly run: string
  readonly search: RowsSearch
  readonly total: number | null
  readonly onClose: () => void
}) {
  const [count, setCount] = useState(0)
  const [done, setDone] = useState<ReadForExport | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [escapeFormulas, setEscapeFormulas] = useState(false)
  const { outcome, reason, q, batch, answer, sort } = search
  useEffect(() => {
    const abort = new AbortController()
    const filter = { outcome, reason, q, batch, answer, sort, answers: true }
    readForExport(
      (cursor) => readRows(run, filter, { cursor, limit: 200, signal: abort.signal }),
      setCount,
    ).then(
      (read) => abort.signal.aborted || setDone(read),
      (thrown: unknown) => abort.signal.aborted || setError(thrown),
    )
    return () => abort.abort()
  }, [run, outcome, reason, q, batch, answer, sort])
  const save = (): void => {
    if (done !== null) saveFile(`${run}.csv`, 'text/csv', rowsCsv(done.rows, { escapeFormulas }))
    onClose()
  }
  return (
    <Dialog
      title="Export as CSV"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="primary"
            busy={done === null && error === null}
            disabled={done === null}
            onClick={save}
          >
            {done === null ? 'Reading' : `Save ${plural(done.rows.length, 'record')}`}
          </Button>
        </>
      }
    >
      <p role="status">
        {done === null
          ? `${formatCount(count)} read${total === null ? '' : ` of ${formatCount(total)}`}.`
          : done.cut
            ? `These are the first ${formatCount(done.rows.length)}${total === null ? '' : ` of ${formatCount(total)}`}: more than a page can hold. The command has all of them.`
            : 'All of them are here.'}
      </p>
      <p>Every field of the answers is a column.</p>
      <CheckField
        label="Escape formulas: an apostrophe before a cell that a spreadsheet would run"
        checked={escapeFormulas}
        onCheck={setEscapeFormulas}
      />
      {error === null ? null : <Failure error={error} />}
      <CliLine command={csvCommand(run, search, escapeFormulas)} />
    </Dialog>
  )
}

function csvCommand(run: string, search: RowsSearch, escapeFormulas: boolean): string {
  const command = listCommand(run, search)
  if (command.includes(' | ') || command.startsWith('offpeak errors')) return command
  return `${command} --format csv${escapeFormulas ? ' --escape-formulas' : ''} -o ${run}.csv`
}
