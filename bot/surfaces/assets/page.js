// The page's behaviour. Gradio calls this with: element, trigger, props, server, watch.
// Words from people are only ever set as textContent; HTML comes from the server, which escapes it.
const find = (selector, root) => (root || element).querySelector(selector);
const all = (selector, root) => Array.from((root || element).querySelectorAll(selector));
const turns = find('.turns'), welcome = find('.welcome'), composer = find('.composer');
const box = find('textarea'), send = find('.send'), fresh = find('.new'), announce = find('.announce');
const day = find('[name=as_of]'), region = find('[name=region]');
const still = window.matchMedia('(prefers-reduced-motion: reduce)');
const SILENCE_MS = 60000;
let count = 0, pending = null, timer = 0, lastMark = null;

document.documentElement.lang = 'zh-CN';

// ---- the day: the reader's own, unless the server fixed one; sent only when it was chosen
const pad = (n) => String(n).padStart(2, '0');
const now = new Date();
const today = day.dataset.today || `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
day.value = today;
const chosenDay = () => (day.value && day.value !== today ? day.value : '');
day.addEventListener('change', () => day.classList.toggle('chosen', Boolean(chosenDay())));

// ---- asking
const touch = window.matchMedia('(pointer: coarse)');
// On a keyboard the box keeps the focus; on a touch screen that would leave half the answer under the keys.
const ready = () => { if (touch.matches) box.blur(); else box.focus({ preventScroll: true }); };
const grow = () => { box.style.height = 'auto'; box.style.height = Math.min(box.scrollHeight + 2, 180) + 'px'; };
const busy = (on) => {
    send.setAttribute('aria-disabled', on ? 'true' : 'false');
    composer.classList.toggle('busy', on);
};

function ask(text) {
    const words = text.trim();
    if (pending || !words) { box.focus(); return; }
    const turn = find('.turn-template').content.firstElementChild.cloneNode(true);
    count += 1;
    turn.id = 'turn-' + count;
    turn.dataset.asked = words;
    turn.dataset.day = chosenDay();
    find('.question .words', turn).textContent = words;
    all('.quick').forEach((row) => { row.hidden = true; });
    welcome.hidden = true;
    fresh.hidden = false;
    turns.append(turn);
    pending = turn;
    busy(true);
    announce.textContent = '正在查文件';
    turn.scrollIntoView({ block: 'start', behavior: still.matches ? 'auto' : 'smooth' });
    trigger('ask', { turn: turn.id, text: words, region: region.value, as_of: chosenDay() });
    watchSilence();
}

function watchSilence() {
    clearTimeout(timer);
    timer = setTimeout(() => {
        if (!pending) return;
        show(pending, '<div class="reply reply-problem" tabindex="-1"><div class="prose"><p><strong>还没有收到答复。</strong></p>' +
            '<p>可能是网络断了或服务正忙。您的问题还在，请再试一次。</p></div>' +
            '<p class="actions"><button type="button" class="button again">再试一次</button></p></div>');
        finish('还没有收到答复，请再试一次。');
    }, SILENCE_MS);
}

function show(turn, html) { find('.answer', turn).innerHTML = html; }

function finish(words) {
    clearTimeout(timer);
    pending = null;
    busy(false);
    announce.textContent = words;
}

watch('value', () => {
    const update = props.value;
    if (!pending || !update || update.turn !== pending.id) return;
    if (update.html === undefined) {
        all('.pending li', pending).forEach((li, i) => {
            li.className = i < update.step ? 'done' : i === update.step ? 'now' : '';
        });
        watchSilence();
        return;
    }
    const turn = pending;
    show(turn, update.html);
    finish('答复：' + update.say);
    turn.scrollIntoView({ block: 'start', behavior: still.matches ? 'auto' : 'smooth' });
});

composer.addEventListener('submit', (event) => {
    event.preventDefault();
    if (pending || !box.value.trim()) { box.focus(); return; }
    ask(box.value);
    box.value = '';
    grow();
    ready();
});
box.addEventListener('input', grow);
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
        fresh.textContent = '清空并重新开始？';
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
    announce.textContent = '已开始新对话';
    trigger('restart');
    window.scrollTo({ top: 0 });
    box.focus();
});

// ---- marks and cards
function openCard(mark) {
    const n = mark.dataset.n, turn = mark.closest('.turn'), cite = find(`[data-card="${n}"]`, turn);
    if (!cite) return;
    lastMark = mark;
    const card = cite.closest('.card'), whole = find('details', card);
    if (whole) whole.open = true;
    all('.current').forEach((part) => part.classList.remove('current'));
    const words = find(`mark[data-n="${n}"]`, card), text = find('.whole-text', card);
    [card, cite, words].forEach((part) => part && part.classList.add('current'));
    cite.focus({ preventScroll: true });
    cite.scrollIntoView({ block: 'center', behavior: still.matches ? 'auto' : 'smooth' });
    if (words && text) text.scrollTop = Math.max(0, words.offsetTop - text.offsetTop - 48);
}

function back(card) {
    const turn = card.closest('.turn'), cite = find('.cite.current', card) || find('.cite', card);
    const to = lastMark && turn.contains(lastMark) ? lastMark : find(`.mark[data-n="${cite.dataset.card}"]`, turn);
    if (!to) return;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: 'center', behavior: still.matches ? 'auto' : 'smooth' });
}

async function copy(button) {
    const plain = find('.plain', button.closest('.reply-foot'));
    try {
        await navigator.clipboard.writeText(plain.value);
    } catch {
        plain.hidden = false;
        plain.select();
        document.execCommand('copy');
        plain.hidden = true;
    }
    button.textContent = '已复制';
    announce.textContent = '已复制答复和出处';
    setTimeout(() => { button.textContent = '复制'; }, 2500);
}

function print(button) {
    const turn = button.closest('.turn');
    document.body.classList.add('print-one');
    turn.classList.add('print-me');
    const after = () => { document.body.classList.remove('print-one'); turn.classList.remove('print-me'); };
    window.addEventListener('afterprint', after, { once: true });
    window.print();
}

element.addEventListener('click', (event) => {
    const target = event.target.closest('button');
    if (!target) return;
    if (target.matches('.mark')) openCard(target);
    else if (target.matches('.back')) back(target.closest('.card'));
    else if (target.matches('.example, .quick-reply')) { ask(target.dataset.say); ready(); }
    else if (target.matches('.copy')) copy(target);
    else if (target.matches('.print')) print(target);
    else if (target.matches('.restore')) restore(target.closest('form'));
    else if (target.matches('.again')) {
        const turn = target.closest('.turn');
        box.value = turn.dataset.asked;
        grow();
        turn.remove();
        box.focus();
    }
});

// ---- changing the inputs of a calculation
const waits = new WeakMap();

function changed(form) { return Array.from(form.elements).some((c) => c.name && c.value !== initial(c)); }

function initial(control) {
    const preset = control.tagName === 'SELECT' ? Array.from(control.options).find((o) => o.defaultSelected) : null;
    return control.tagName === 'SELECT' ? (preset ? preset.value : '') : control.defaultValue;
}

async function recalculate(form) {
    const panel = form.closest('.calc'), result = find('.calc-result', panel), status = find('.calc-status', panel);
    const restoring = find('.restore', form);
    const conditions = all('.benefit', panel.closest('.turn')).find((b) => b.dataset.benefit === form.dataset.benefit);
    form.dataset.original ??= result.innerHTML;
    if (conditions) form.dataset.conditions ??= conditions.outerHTML;
    const serial = Number(form.dataset.serial || 0) + 1;
    form.dataset.serial = serial;
    restoring.hidden = !changed(form);
    if (!changed(form)) {
        result.innerHTML = form.dataset.original;
        if (conditions) conditions.outerHTML = form.dataset.conditions;
        status.textContent = '';
        status.classList.remove('bad');
        return;
    }
    const controls = Array.from(form.elements).filter((c) => c.name);
    const facts = Object.fromEntries(controls.filter((c) => c.value.trim()).map((c) => [c.name, c.value]));
    let update;
    try {
        update = await server.recalculate({
            benefit: form.dataset.benefit, facts, as_of: form.dataset.day, marks: JSON.parse(form.dataset.marks),
            touched: controls.filter((c) => c.value !== initial(c)).map((c) => c.name),
        });
    } catch {
        update = { error: '没有算成：连不上服务。请稍后再改一次。' };
    }
    if (Number(form.dataset.serial) !== serial) return;
    status.classList.toggle('bad', Boolean(update.error));
    if (update.html) result.innerHTML = update.html;
    if (update.conditions && conditions) conditions.outerHTML = update.conditions;
    status.textContent = update.error || '已按您修改的情况重新测算；上面的答复文字没有跟着改。';
}

function restore(form) {
    form.reset();
    recalculate(form);
    find('.field input, .field select', form).focus();
}

element.addEventListener('input', (event) => {
    const form = event.target.closest('.recalc');
    if (!form) return;
    clearTimeout(waits.get(form));
    waits.set(form, setTimeout(() => recalculate(form), 300));
});
element.addEventListener('submit', (event) => {
    if (event.target.matches('.recalc')) { event.preventDefault(); recalculate(event.target); }
});

// ---- room under the last turn for the composer, which grows with the question
new ResizeObserver(() => {
    element.style.setProperty('--composer', composer.offsetHeight + 'px');
}).observe(composer);
if (!touch.matches) box.focus({ preventScroll: true });
