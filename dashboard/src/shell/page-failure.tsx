import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failure } from '../design/states/failure.tsx'
import { Page } from '../design/page.tsx'

/** A page that broke, within the frame. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This page stumbled">
      <Failure error={error} onRetry={reset} />
    </Page>
  )
}
