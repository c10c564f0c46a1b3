import { problemOf } from '../../api/problem.ts'
import { capital } from '../../../../src/wording/capital.ts'
import { asTypedHere } from '../../format/launcher.ts'
import { AnchorButton, Button } from '../controls/button.tsx'
import styles from './failure.module.css'
import { pageFix } from '../texts/fix-links.ts'
import { PlainText } from '../texts/plain-text.tsx'
import { ShapeIcon } from '../shape.tsx'

const moneyWords = {
  no: 'Nothing was sent.',
  yes: 'Money has moved: the run shows what was sent.',
  unknown: 'Money may have moved: the run shows what was sent.',
} as const

/** What went wrong, where, how it is mended, and whether money moved: the four lines of the command line. */
export function Failure({
  error,
  onRetry,
}: {
  readonly error: unknown
  /** Offered as [Try again]. */
  readonly onRetry?: () => void
}) {
  const { detail, where, fix, money, code, issues = [] } = problemOf(error)
  const offered = fix === null ? null : pageFix(asTypedHere(fix))
  return (
    <div className={styles['failure']} role="alert">
      <div className={styles['mark']}>
        <ShapeIcon shape="cross" />
      </div>
      <p className={styles['what']}>
        <PlainText text={capital(detail)} />
      </p>
      <dl className={styles['lines']}>
        {issues.map(({ path, message }) => (
          <Line key={path + message} name={path === '' ? 'Request' : path} text={message} />
        ))}
        {where === null ? null : <Line name="Where" text={where} />}
        {offered === null || offered.text === null ? null : <Line name="Fix" text={offered.text} />}
      </dl>
      <div className={styles['foot']}>
        <span>
          {moneyWords[money]} <span className={styles['code']}>{code}</span>
        </span>
        {offered?.links.map(({ words, href }) => (
          <AnchorButton key={href} href={href}>
            {words}
          </AnchorButton>
        ))}
        {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
      </div>
    </div>
  )
}

function Line({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <PlainText text={text} />
      </dd>
    </>
  )
}
