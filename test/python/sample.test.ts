import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { describeWith } from '../describe-with.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { missingModules, python } from './python.ts'

const scripts = fileURLToPath(new URL('../../python', import.meta.url))

const code = `
import json, sys
from bento_models import sample
from bento_models.errors import Refused
try:
    table = sample.read(sys.argv[1]).pick(json.loads(sys.argv[2]), 2)
    print(json.dumps([[None if x != x else x for x in column.tolist()] for column in table.columns]))
except Refused as refused:
    print(json.dumps(refused.args[0]))
`

async function read(name: string, content: string, names: string[] | null): Promise<unknown> {
  const file = join(await temporaryFolder(), name)
  await writeFile(file, content)
  const args = ['-c', code, file, JSON.stringify(names)]
  const { stdout, stderr } = spawnSync(python, args, {
    encoding: 'utf8',
    env: { PYTHONPATH: scripts, PYTHONDONTWRITEBYTECODE: '1' },
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout.replaceAll(file, name))
}

describeWith('samples, as the scripts read them', missingModules('numpy'), () => {
  test.each([
    [
      'rows.csv',
      'a,b\n1,x\n,y\n',
      ['b', 'a'],
      [
        ['x', 'y'],
        [1, null],
      ],
    ],
    [
      'rows.csv',
      '1,2\n3,4\n',
      null,
      [
        [1, 3],
        [2, 4],
      ],
    ],
    ['rows.csv', '\uFEFFa,b\n1,2\n', ['a', 'b'], [[1], [2]]],
    [
      'rows.json',
      '[{"a":1,"b":null},{"a":2,"b":3}]',
      ['a', 'b'],
      [
        [1, 2],
        [null, 3],
      ],
    ],
    [
      'rows.json',
      '{"rows":[[1,2],[3,4]]}',
      null,
      [
        [1, 3],
        [2, 4],
      ],
    ],
    ['rows.json', '["good","bad"]', null, 'The sample has 1 columns, the model takes 2'],
    ['rows.csv', 'a,c\n1,2\n', ['a', 'b'], "The sample has no column 'b'"],
    ['rows.csv', '1,2,3\n', null, 'The sample has 3 columns, the model takes 2'],
    ['rows.csv', '', null, '"rows.csv" cannot be read: it is empty'],
    ['rows.json', '{}', null, '"rows.json" cannot be read: it is no list of rows'],
    ['rows.txt', '1,2', null, '"rows.txt" is no npy, csv, json or parquet file'],
  ])('%s %j %j', async (...[name, content, names, expected]) => {
    expect(await read(name, content, names)).toEqual(expected)
  })
})
