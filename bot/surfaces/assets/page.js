// The page's behaviour: asking, waiting, a new conversation. Gradio calls this with: element, trigger, props, server, watch.
// page_cards.js and page_session.js follow in the same function.
// Words from people are only ever set as textContent; HTML comes from the server, which escapes it.
const find = (selector, root) => (root || element).querySelector(selector);
const all = (selector, root) => Array.from((root || element).querySelectorAll(selector));
const turns = find('.turns'), welcome = find('.welcome'), composer = find('.composer');
const box = find('textarea'), send = find('.send'), fresh = find('.new'), announce = find('.announce'), alertLine = find('.alert');
const day = find('[name=as_of]'), region = find('[name=region]');
const still = window.matchMedia('(prefers-reduced-motion: reduce)');
const SILENCE_MS = 60000, LIMIT = Number(box.dataset.limit);
// Where page.css hides the labels of the selectors.
const tight = window.matchMedia('(max-width: 360px), (max-height: 520px) and (min-width: 600px)');
let count = 0, pending = null, timer = 0, lastMark = null;

document.documentElement.lang = 'zh-CN';

// ---- the day: the reader's own, unless the server fixed one; sent only when it was chosen
const pad = (n) => String(n).padStart(2, '0');
const now = new Date();
const today = day.dataset.today || `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
day.value = today;
const chosenDay = () => (day.value && day.value !== today ? day.value : '');
const markDay = () => day.classList.toggle('chosen', Boolean(chosenDay()));
day.addEventListener('change', () => { markDay(); rememberScope(); });
region.addEventListener('change', () => rememberScope());

// ---- one line over the box, for what stands in the way of sending: '' takes it away
function tell(kind, words) {
    if (alertLine.dataset.kind === 'offline' && kind !== 'offline' && offline) return;
    alertLine.dataset.kind = kind;
    alertLine.hidden = !kind;
    if (alertLine.textContent !== words) alertLine.textContent = words;
}

// ---- asking
const touch = window.matchMedia('(pointer: coarse)');
// On a keyboard the box keeps the focus; on a touch screen that would leave half the answer under the keys.
const ready = () => { if (touch.matches) box.blur(); else box.focus({ preventScroll: true }); };
const grow = () => {
    box.style.height = 'auto';
    box.style.height = Math.min(box.scrollHeight + 2, 180, Math.max(50, window.innerHeight * 0.3)) + 'px';
};
const busy = (on) => {
    send.setAttribute('aria-disabled', on ? 'true' : 'false');
    composer.classList.toggle('busy', on);
};
const jump = (turn) => turn.scrollIntoView({ block: 'start', behavior: still.matches ? 'auto' : 'smooth' });

// Characters as the server counts them; a question that it would turn away stays in the box.
function tooLong() {
    const length = Array.from(box.value.trim()).length, over = length > LIMIT;
    box.setAttribute('aria-invalid', over ? 'true' : 'false');
    if (over) tell('limit', `已写 ${length} 字，最多 ${LIMIT} 字。请删到只剩最想问的一两件事，再发送。`);
    else if (length > LIMIT * 0.8) tell('count', `已写 ${length} 字，最多 ${LIMIT} 字。`);
    else tell('', '');
    return over;
}

function newTurn(words) {
    const turn = find('.turn-template').content.firstElementChild.cloneNode(true);
    count += 1;
    turn.id = 'turn-' + count;
    turn.dataset.asked = words;
    find('.question .words', turn).textContent = words;
    welcome.hidden = true;
    fresh.hidden = false;
    turns.append(turn);
    return turn;
}

function ask(text) {
    const words = text.trim();
    if (pending || !words) { box.focus(); return; }
    all('.quick').forEach((row) => { row.hidden = true; });
    pending = newTurn(words);
    busy(true);
    announce.textContent = '正在查文件';
    rememberDraft(words, true);
    jump(pending);
    trigger('ask', { turn: pending.id, text: words, region: region.value, as_of: chosenDay(), conversation: conversation.key });
    probe();
    watchSilence();
}

function watchSilence() {
    clearTimeout(timer);
    timer = setTimeout(() => fail('还没有收到答复。', '可能是网络断了或服务正忙。您的问题还在，请再试一次。'), SILENCE_MS);
}

function fail(what, next) {
    if (!pending) return;
    show(pending, `<div class="reply reply-problem" tabindex="-1"><div class="prose"><p><strong>${what}</strong></p><p>${next}</p></div>` +
        '<p class="actions"><button type="button" class="button again">再试一次</button></p></div>');
    finish(what + next);
}

function show(turn, html) { find('.answer', turn).innerHTML = html; }

function finish(words) {
    clearTimeout(timer);
    pending = null;
    busy(false);
    announce.textContent = words;
    rememberDraft(box.value, false);
}

// The question as the server uses it: without identity, phone and card numbers.
function setQuestion(turn, question) {
    if (!question || question === turn.dataset.asked) return;
    if (question.includes('×××') && !turn.dataset.asked.includes('×××')) find('.masked', turn).hidden = false;
    turn.dataset.asked = question;
    find('.question .words', turn).textContent = question;
    rememberDraft(question, true);
}

watch('value', () => {
    const update = props.value;
    if (!pending || !update || update.turn !== pending.id) return;
    setQuestion(pending, update.question);
    if (update.html === undefined) {
        all('.pending ol li', pending).forEach((li, i) => {
            li.className = i < update.step ? 'done' : i === update.step ? 'now' : '';
        });
        const found = find('.found', pending);
        if (found && found.innerHTML === '' && update.found) found.innerHTML = update.found;
        watchSilence();
        return;
    }
    const turn = pending;
    show(turn, update.html);
    if (update.conversation) conversation.key = update.conversation;
    finish('答复：' + update.say);
    if (!update.failed) rememberTurn(turn, update.html);
    jump(turn);
});

composer.addEventListener('submit', (event) => {
    event.preventDefault();
    if (pending || !box.value.trim() || offline || tooLong()) { box.focus(); return; }
    const words = box.value;
    box.value = '';
    tooLong();
    ask(words);
    grow();
    ready();
});
box.addEventListener('input', () => { grow(); tooLong(); if (!pending) rememberDraft(box.value, false); });
box.addEventListener('keydown', (event) => {
    // An input method uses Enter to accept its candidate: that is no sending.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    composer.requestSubmit();
});

find('.skip').addEventListener('click', (event) => { event.preventDefault(); box.focus(); });

// ---- a new conversation: pressed twice, so that nothing is lost by a slip
let sure = 0;
const calm = () => { clearTimeout(sure); sure = 0; fresh.textContent = '新对话'; };
fresh.addEventListener('click', () => {
    if (!sure) {
        fresh.textContent = '确定清空？';
        announce.textContent = '再按一次就清空对话，重新开始';
        sure = setTimeout(calm, 4000);
        return;
    }
    calm();
    clearTimeout(timer);
    pending = null;
    busy(false);
    turns.replaceChildren();
    welcome.hidden = false;
    fresh.hidden = true;
    box.value = '';
    region.value = '';
    day.value = today;
    markDay();
    grow();
    tell('', '');
    announce.textContent = '已开始新对话';
    trigger('restart', { conversation: conversation.key });
    forget();
    window.scrollTo({ top: 0 });
    box.focus();
});
document.addEventListener('keydown', (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== 'KeyN' || fresh.hidden) return;
    event.preventDefault();
    fresh.click();
});

// ---- room for the composer, which grows with the question: under the last turn, and over what gets the focus
new ResizeObserver(() => {
    element.style.setProperty('--composer', composer.offsetHeight + 'px');
    document.documentElement.style.scrollPaddingTop = '16px';
    document.documentElement.style.scrollPaddingBottom = composer.offsetHeight + 16 + 'px';
    box.placeholder = tight.matches ? '说说您的情况' : '说说您的情况，或想办的事';
    region.options[0].textContent = tight.matches ? '地区不限' : '不限';
}).observe(composer);
if (!touch.matches) box.focus({ preventScroll: true });
