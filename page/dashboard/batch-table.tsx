import type { JSX } from 'preact'
import type { BatchEntry } from '../../src/serve/observe/watched-recorder.ts'
import { formatMs, reasonText } from '../shared/timing-text.ts'

/** The last batches, each with why it was sent when it was. */
export function BatchTable({ batches }: { readonly batches: readonly BatchEntry[] }): JSX.Element {
  if (batches.length === 0) return <p class="kind">No batch has run yet.</p>
  return (
    <div class="scroll" role="region" aria-label="The last batches" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {['at', 'of', 'rows', 'requests', 'took', 'expected', 'held', 'sent because'].map(
              (name) => (
                <th scope="col">{name}</th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <Row batch={batch} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ batch }: { readonly batch: BatchEntry }): JSX.Element {
  const { at, method, rows, requests, durationMs, predictedMs, heldMs, reason } = batch
  return (
    <tr>
      <td>{new Date(at).toLocaleTimeString()}</td>
      <td>{method}</td>
      <td class="number">{rows}</td>
      <td class="number">{requests}</td>
      <td class="number">{formatMs(durationMs)}</td>
      <td class="number">{predictedMs > 0 ? formatMs(predictedMs) : 'unknown'}</td>
      <td class="number">{formatMs(heldMs)}</td>
      <td>
        {reason}: {reasonText(reason)}
      </td>
    </tr>
  )
}
