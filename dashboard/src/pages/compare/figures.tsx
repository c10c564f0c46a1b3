import type { Comparison } from '../../../../src/server/contract/compare.ts'
import { ShapeIcon } from '../../design/shape.tsx'
import tones from '../../design/states/tone.module.css'
import { plural } from '../../../../src/wording/count.ts'
import { figureRows } from './side-figures.ts'
import styles from './figures.module.css'

/** The figures of both sides; the better one is marked with a sign and a word. */
export function Figures({ comparison }: { readonly comparison: Comparison }) {
  const { a, b, both, changed, common } = comparison
  return (
    <>
      <table className={styles['figures']}>
        <caption className="said">Figures of both sides</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="said">Figure</span>
            </th>
            <SideHead letter="A" name={a.name} />
            <SideHead letter="B" name={b.name} />
          </tr>
        </thead>
        <tbody>
          {figureRows(comparison).map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td>
                <Figure value={row.a} note={row.better === 'a' ? row.note : null} />
              </td>
              <td>
                <Figure value={row.b} note={row.better === 'b' ? row.note : null} />
                {row.better === null && row.note !== null ? (
                  <div className={tones['faint']}>{row.note}</div>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles['both']}>
        {commonWords(common)} {bothWords(both, changed)}
      </p>
    </>
  )
}

function SideHead({ letter, name }: { readonly letter: string; readonly name: string }) {
  return (
    <th scope="col">
      {letter} <span className={styles['name']}>{name}</span>
    </th>
  )
}

function Figure({ value, note }: { readonly value: string; readonly note: string | null }) {
  if (note === null) return value
  return (
    <>
      <b className={styles['better']}>{value}</b>
      <div className={styles['note']}>
        <ShapeIcon shape="check" size={12} /> better: {note}
      </div>
    </>
  )
}

function commonWords(common: number): string {
  return common === 0
    ? 'The two have no record in common: each is taken on its own.'
    : `Over the ${plural(common, 'record')} that both have an answer to; differences hold in 95 of 100 cases.`
}

function bothWords(both: number, changed: number): string {
  if (both === 0) return ''
  const differ =
    changed === 0 ? 'none differs' : `${plural(changed, 'answer')} ${changed === 1 ? 'differs' : 'differ'}`
  return `Of ${plural(both, 'accepted answer')} that were read, ${differ}.`
}
