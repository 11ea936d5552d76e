import { defineCommand } from '../define-command.ts'
import { renderTime } from '../format.ts'
import { atPlace, placeFlags } from './flags.ts'

export const deploymentListCommand = defineCommand({
  summary: 'List what is deployed',
  flags: {
    ...placeFlags,
    output: {
      type: 'choice',
      short: 'o',
      choices: ['table', 'json', 'yaml'],
      default: 'table',
      description: 'Form of the list',
    },
  },
  examples: ['bento deployment list', 'bento deployment list --namespace models -o json'],
  async run({ flags }, session) {
    const { out } = session
    const rows = await atPlace(flags, session, (connection) => connection.list())
    if (flags.output === 'json') return out.json(rows)
    if (flags.output === 'yaml') return out.yaml(rows)
    await out.table(
      [
        { title: 'Deployment' },
        { title: 'Bento' },
        { title: 'Status' },
        { title: 'Ready' },
        { title: 'Revision' },
        { title: 'Image', shrinks: true },
        { title: 'Created' },
      ],
      rows.map((row) => [
        row.name,
        row.bento ?? '-',
        row.status,
        `${row.ready}/${row.replicas}`,
        String(row.revision ?? '-'),
        row.image,
        renderTime(new Date(row.created_at)),
      ]),
    )
    if (rows.length === 0) out.say('Nothing is deployed. Deploy with `bento deploy`.')
  },
})
