/** A workbook for tests, in the parts that Excel writes. */

import { strToU8, zipSync } from "fflate";

export const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
export const PARTS: Record<string, string> = {
  "[Content_Types].xml": "<Types/>",
  "xl/workbook.xml": `<workbook ${MAIN} xmlns:r="r"><sheets><sheet name="Hidden" sheetId="9" state="hidden" r:id="rId9"/><sheet name="Answers &amp; marks" sheetId="1" r:id="rId1"/><sheet name="Notes" sheetId="2" r:id="rId2"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="rId9" Target="worksheets/sheet9.xml"/></Relationships>',
  "xl/sharedStrings.xml": `<sst ${MAIN}><si><t>name</t></si><si><r><t xml:space="preserve">an </t></r><r><t>answer</t></r></si><si><t>5 &lt; 7 &amp; so</t></si><si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si></sst>`,
  "xl/styles.xml": `<styleSheet ${MAIN}><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="[Red]0.00&quot; d&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
  "xl/worksheets/sheet1.xml": `<worksheet ${MAIN}><sheetData>
    <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="D2" t="inlineStr"><is><t>when</t></is></c></row>
    <row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3" t="s"><v>2</v></c><c r="C3"><v>2.5</v></c><c r="D3" s="1"><v>45292</v></c></row>
    <row r="4"/>
    <row r="7"><c r="B7" t="str"><f>A1</f><v>by formula</v></c><c r="C7" t="b"><v>1</v></c><c r="D7" s="2"><v>45292.5</v></c><c r="E7" s="3"><v>4</v></c></row>
  </sheetData></worksheet>`,
  "xl/worksheets/sheet2.xml": `<worksheet ${MAIN}/>`,
  "xl/worksheets/sheet9.xml": `<worksheet ${MAIN}/>`,
};

/** The workbook, with parts changed or left out. */
export function workbook(change: Record<string, string | undefined> = {}): Uint8Array {
  const parts = Object.entries({ ...PARTS, ...change }).flatMap(([name, text]) => (text === undefined ? [] : [[name, strToU8(text)] as const]));
  return zipSync(Object.fromEntries(parts));
}
