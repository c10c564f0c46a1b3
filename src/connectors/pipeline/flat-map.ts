import type { Step } from './steps.ts'
import { keySeparator } from '../../domain/record-key.ts'

/** Makes a record of each row that `parts` gives, with the index in its key. */
export function flatMapStep<Row, Made>(parts: (row: Row) => readonly Made[]): Step<Row, Made> {
  return ({ key, row }) => {
    const made = parts(row)
    if (!Array.isArray(made)) return [{ key, problem: 'flatMap must give an array of rows' }]
    return made.map((row: Made, index) => ({ key: `${key}${keySeparator}${index}`, row }))
  }
}
