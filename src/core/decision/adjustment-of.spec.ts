import { adjustmentOf } from './adjustment-of';

const at = '2026-11-20T08:38:00Z';
const detections = [
  { at, rule: 'BULK_URL_DENSE', messageId: '<1@shop.example>', mailFrom: 'a@shop.example' },
  { at, rule: 'CT_INVOICE_LURE', messageId: '<2@shop.example>', mailFrom: 'b@shop.example' },
  { at, rule: 'CT_INVOICE_LURE' },
];

describe('adjustmentOf', () => {
  it('keeps what the reviewer proposed', () => {
    const proposed = { rule: 'X', change: 'exception', scope: 'sender' };
    expect(adjustmentOf({ reasons: ['remediation_verified'], filterAdjustment: proposed }, detections)).toBe(proposed);
  });
  it('reports the rule behind most of the messages after a false positive', () => {
    expect(adjustmentOf({ reasons: ['auth_ok_content_misread'], filterAdjustment: null }, detections)).toEqual({
      rule: 'CT_INVOICE_LURE', change: 'report', scope: 'sender', sender: 'b@shop.example', messageId: '<2@shop.example>',
    });
  });
  it('says nothing when the filter was right, or names no rule', () => {
    expect(adjustmentOf({ reasons: ['remediation_verified'], filterAdjustment: null }, detections)).toBeNull();
    expect(adjustmentOf({ reasons: ['auth_ok_content_misread'], filterAdjustment: null }, [{ at }])).toBeNull();
  });
});
