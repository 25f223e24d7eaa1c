/** 查询语言参考页；条件、管道和函数的说明在它们各自的定义里。 */
import type { EN_PAGE_REFERENCE } from '../en/page-reference.ts';

export const ZH_PAGE_REFERENCE: Readonly<Record<keyof typeof EN_PAGE_REFERENCE, string>> = {
  'page.reference': '查询语言',
  'reference.contents': '目录',
  'reference.intro': '查询由条件（同 KQL）和管道组成。空查询和 * 表示全部日志。点击示例即可运行。',
  'reference.conditions': '条件',
  'reference.escape':
    "在引号外，\\ ( ) : < > \" * '{' | '}' 以及单词 and、or、not 用 \\ 转义；在引号内只需转义 \"、\\ 和 *。",
  'reference.pipes': '管道',
  'reference.alias': '也可写作 {names}。',
  'reference.functions': '函数',
  'reference.examples': '示例',
  'reference.try': '运行它',
  'reference.fields': '字段',
  'reference.fields.intro': '除此之外，每个属性和资源属性都是以其自身名称命名的字段。',
  'reference.name': '名称',
  'reference.also': '别名',
  'reference.what': '说明',
};
