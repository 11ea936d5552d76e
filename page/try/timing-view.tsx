import type { JSX } from 'preact'
import { formatMs } from '../shared/timing-text.ts'
import type { Answer } from './send.ts'
import { explainBatch, type Timing } from './timing.ts'

const meanings: Readonly<Record<string, string>> = {
  parse: 'reading and checking the input',
  queue: 'waiting for a batch to start',
  infer: 'running',
  encode: 'writing the answer',
}

/** Where the time went. */
export function TimingView({ answer }: { readonly answer: Answer }): JSX.Element {
  const { timing, wholeMs, firstMs, content } = answer
  return (
    <section class="timing" aria-label="Where the time went">
      <h4>Where the time went</h4>
      <p>
        {formatMs(wholeMs)} as this page saw it
        {content.type === 'items' && `, the first part after ${formatMs(firstMs)}`}
      </p>
      {timing ? <Parts timing={timing} /> : content.type !== 'items' && <Silent />}
    </section>
  )
}

function Silent(): JSX.Element {
  return (
    <p class="kind">
      The server keeps its own times to itself: <code>http.response.serverTiming</code> shows them.
    </p>
  )
}

function Parts({ timing: { parts, batch } }: { readonly timing: Timing }): JSX.Element {
  const whole = parts.reduce((sum, { ms }) => sum + ms, 0)
  return (
    <>
      <dl class="bars">
        {parts.map(({ name, ms }) => (
          <div key={name}>
            <dt title={meanings[name]}>{name}</dt>
            <dd>
              <meter min={0} max={Math.max(whole, 0.001)} value={ms} aria-label={name} />
              <span>{formatMs(ms)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {batch !== undefined && <p>{explainBatch(batch)}</p>}
    </>
  )
}
