import { expect, test } from '@jest/globals'
import { toSnakeCase } from '../../src/lib/snake-case.ts'

test.each([
  ['IrisClassifier', 'iris_classifier'],
  ['HelloWorldService', 'hello_world_service'],
  ['LLMService', 'llm_service'],
  ['SDXLTurbo', 'sdxl_turbo'],
  ['XGBoostRanker', 'xg_boost_ranker'],
  ['Bento2Go', 'bento2_go'],
  ['HTTPServer2Go', 'http_server2_go'],
  ['svc_Name', 'svc__name'],
  ['MyLLM', 'myLLM'],
  ['LLM', 'LLM'],
  ['ABC1', 'ab_c1'],
  ['', ''],
])('cuts %s as BentoML does', (name, expected) => {
  expect(toSnakeCase(name)).toBe(expected)
})
