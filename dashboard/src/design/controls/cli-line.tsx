import { useContext } from 'react'
import { asTypedHere } from '../../format/launcher.ts'
import { visibleLine } from '../../format/visible.ts'
import { CopyButton } from './copy-button.tsx'
import { TypedFlag, withFlag } from './typed-flag.ts'
import styles from './cli-line.module.css'

/** The same on the command line, to copy. */
export function CliLine({ command: written }: { readonly command: string }) {
  const command = asTypedHere(withFlag(written, useContext(TypedFlag)))
  return (
    <div className={styles['line']}>
      <span aria-hidden="true" className={styles['prompt']}>
        $
      </span>
      <code title={command}>{visibleLine(command)}</code>
      <CopyButton text={command} what="the command" />
    </div>
  )
}

/** Several, each with what it does. */
export function CliLines({
  lines,
}: {
  readonly lines: readonly { readonly words: string; readonly command: string }[]
}) {
  return (
    <dl className={styles['list']}>
      {lines.map(({ words, command }) => (
        <div key={words} style={{ display: 'contents' }}>
          <dt>{words}</dt>
          <dd>
            <CliLine command={command} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
