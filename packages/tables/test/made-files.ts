import { crc32, deflateRawSync } from "node:zlib";

export function npy(header: string, numbers = Buffer.alloc(48)): Buffer {
  const start = Buffer.alloc(10);
  start.write("\x93NUMPY\x01\x00", "latin1");
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header), numbers]);
}

/** A zip of deflated entries. */
export function zip(...entries: [name: string, content: Buffer | string][]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of entries) {
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    locals.push(local);
    centrals.push(Buffer.from("PK\x01\x02\x14\x00"), common, place, Buffer.from(name));
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

/** A workbook of one sheet with these rows, in XML. */
export function book(rows: string): Buffer {
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const relation = (kind: string, target: string): string =>
    `<Relationships><Relationship Id="rId1" Type="${office}/${kind}" Target="${target}"/></Relationships>`;
  return zip(
    ["[Content_Types].xml", "<Types/>"],
    ["_rels/.rels", relation("officeDocument", "xl/workbook.xml")],
    ["xl/workbook.xml", '<workbook><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'],
    ["xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")],
    ["xl/worksheets/sheet1.xml", `<worksheet><sheetData>${rows}</sheetData></worksheet>`],
  );
}

export const dict = (shape: string, descr = "'<f8'"): string =>
  `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
