/** What stands before the first pipe, in words: the reference page's first part. */
import type { Bilingual } from './pipes/pipe.ts';

export interface SyntaxRow {
  readonly example: string;
  readonly says: Bilingual;
}

export const FILTER_SYNTAX: readonly SyntaxRow[] = [
  {
    example: 'timeout',
    says: {
      en: 'the word in the message, or the whole of a service or an id; without case',
      zh: '消息中的单词，或完整的服务名、ID；不区分大小写',
    },
  },
  {
    example: 'connection refused',
    says: { en: 'any of the words', zh: '任意一个单词' },
  },
  {
    example: '"index out of range"',
    says: { en: 'the words in this order', zh: '按此顺序的单词' },
  },
  {
    example: '我们',
    says: {
      en: 'Chinese, Japanese and Korean text anywhere, as in 我们正在使用',
      zh: '中日韩文字可出现在任意位置，例如 我们正在使用',
    },
  },
  {
    example: 'message:"*连接失败*"',
    says: {
      en: '`*` is any text, in quotes too; `\\*` is a star',
      zh: '`*` 匹配任意文本，引号内也是；`\\*` 表示星号本身',
    },
  },
  {
    example: 'message:/time(d )?out/',
    says: { en: 'a regular expression (RE2)', zh: '正则表达式（RE2）' },
  },
  {
    example: 'level:error and service_name:"msg-server"',
    says: {
      en: 'both; `and` binds tighter than `or`, `not` tighter than both',
      zh: '同时满足；`and` 优先于 `or`，`not` 优先级最高',
    },
  },
  {
    example: 'service:(auth or gateway) and not user_id:bot*',
    says: { en: 'lists, and what is left out', zh: '列表，以及排除' },
  },
  {
    example: 'level >= warn',
    says: { en: 'levels have an order', zh: '级别有先后顺序' },
  },
  {
    example: 'duration > 100ms and size <= 2MB',
    says: { en: 'durations and sizes in any unit', zh: '时长和大小，单位不限' },
  },
  {
    example: 'ip:10.0.0.0/8',
    says: { en: 'a network of addresses', zh: '一段 IP 地址' },
  },
  {
    example: 'timestamp >= now-1h',
    says: {
      en: 'times: RFC 3339, epoch numbers, date math; a date means that whole day',
      zh: '时间：RFC 3339、时间戳、日期运算；日期表示一整天',
    },
  },
  {
    example: 'user_id:* and not trace_id:*',
    says: { en: 'has a field, and lacks one', zh: '有某字段，没有某字段' },
  },
  {
    example: 'k8s.*:payments',
    says: { en: 'any of the fields that fit', zh: '任意一个匹配的字段' },
  },
  {
    example: 'attributes.source:mobile',
    says: {
      en: 'an attribute whose name means something else here; `resource.` for those of the resource',
      zh: '名称在此另有含义的属性；资源属性用 `resource.`',
    },
  },
];
