
// ---- what this tab remembers, so that a reload or a restart of the server takes nothing from the screen.
// sessionStorage only: it ends with the tab, and 「新对话」 empties it. Questions are kept as the server masked them.
const conversation = { key: '' }, past = [], MOST_TURNS = 30;
const read = (name) => { try { return JSON.parse(sessionStorage.getItem('advisor.' + name)); } catch { return null; } };
const write = (name, value) => { try { sessionStorage.setItem('advisor.' + name, JSON.stringify(value)); return true; } catch { return false; } };

function rememberScope() { write('scope', { key: conversation.key, region: region.value, day: chosenDay() }); }
// `waiting`: sent, and not yet answered.
function rememberDraft(text, waiting) { write('draft', { text, waiting }); }
function rememberTurn(turn, html) {
    past.push({ asked: turn.dataset.asked, masked: !find('.masked', turn).hidden, html });
    while (past.length > MOST_TURNS) past.shift();
    while (!write('turns', past) && past.length) past.shift();
    rememberScope();
}
function forget() {
    past.length = 0;
    conversation.key = '';
    try { ['scope', 'draft', 'turns'].forEach((name) => sessionStorage.removeItem('advisor.' + name)); } catch { /* storage is turned off */ }
}

async function restoreAll() {
    const scope = read('scope') || {}, draft = read('draft') || {};
    if (all('option', region).some((option) => option.value === scope.region)) region.value = scope.region;
    if (scope.day) day.value = scope.day;
    markDay();
    conversation.key = scope.key || '';
    (read('turns') || []).forEach((kept) => {
        const turn = newTurn(kept.asked);
        find('.masked', turn).hidden = !kept.masked;
        show(turn, kept.html);
        past.push(kept);
    });
    if (draft.text) { box.value = draft.text; grow(); tooLong(); }
    if (draft.text && draft.waiting) tell('back', '刚才的问题还没有收到答复，已放回下面的框里，可以再发一次。');
    if (!past.length) return;
    all('.turn').slice(0, -1).forEach((turn) => all('.quick', turn).forEach((row) => { row.hidden = true; }));
    turns.lastElementChild.scrollIntoView({ block: 'start' });
    let known = false;
    try { known = conversation.key !== '' && await server.remembers({ conversation: conversation.key }); } catch { return; }
    if (known) return;
    conversation.key = '';
    rememberScope();
    all('.quick').forEach((row) => { row.hidden = true; });
    const last = find(`#turn-${past.length}`);
    if (last) last.after(find('.break-template').content.firstElementChild.cloneNode(true));
}

// ---- the connection. Gradio says in English that it is lost, stops sending, and loads the page again when it is back.
let offline = false, probing = 0, sender = true;

function lost() {
    if (offline) return;
    offline = true;
    if (pending) {
        box.value = [pending.dataset.asked, box.value].filter(Boolean).join('\n');
        grow();
        fail('连不上服务，这个问题还没有答复。', '问题已放回下面的框里，服务恢复后请再发一次；着急的话可以拨打 12333。');
        rememberDraft(box.value, true);
    }
    tell('offline', '连不上服务，正在自动重连。上面的答复和您写的内容都还在。');
    probing = setInterval(probe, 2000);
}

async function probe() {
    try {
        const response = await fetch(new URL('healthz', location.origin + location.pathname), { cache: 'no-store' });
        if (response.status >= 500) throw new Error(String(response.status)); // a proxy that finds nobody behind it
    } catch { lost(); return; }
    if (!offline) return;
    offline = false;
    clearInterval(probing);
    if (!sender) { location.reload(); return; }
    tell('', '');
    announce.textContent = '已经重新连上服务';
}

const heard = new WeakSet();
new MutationObserver(() => {
    document.querySelectorAll('.toast-body').forEach((toast) => {
        if (heard.has(toast)) return;
        heard.add(toast);
        if (/connection/i.test(toast.textContent)) { sender = false; lost(); } else fail('服务正忙，这次没有答上来。', '请过一会儿再试一次；着急的话可以拨打 12333。');
    });
}).observe(document.body, { childList: true, subtree: true });
window.addEventListener('offline', lost);

restoreAll();
